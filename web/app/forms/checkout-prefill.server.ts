/** Checkout fields prefilled from the profile of a signed-in customer. */
import type * as z from 'zod'
import { whoAmI } from '#src/accounts/api.ts'
import { getProfile, listAddresses, type Profile } from '#src/accounts/profile/api.ts'
import type { PageContext } from '../loading/page-context.ts'
import { addressLine } from '../texts/format.ts'

export type Prefill = {
  readonly values: Readonly<Record<string, string>>
  /** Addresses to choose from, each as one line. */
  readonly savedAddresses: readonly {
    readonly id: string
    readonly line: string
    readonly isChosen: boolean
  }[]
}

type Address = Readonly<Record<string, string | undefined>>

const FIELDS = ['street', 'city', 'state', 'postal_code', 'country']
const NO_PREFILL: Prefill = { values: {}, savedAddresses: [] }

/**
 * Stored addresses have no name (specification, "Sample User Item"), so the account's name is put before the
 * street.
 */
const fullName = ({ first_name = '', last_name = '' }: z.infer<typeof Profile>): string =>
  `${first_name} ${last_name}`.trim()

const addressValues = (address: Address | undefined, name: string): Record<string, string> => {
  if (!address) return name === '' ? {} : { street: `${name}, ` }
  const { street = '', ...rest } = address
  const named = name === '' || street.startsWith(name) ? street : `${name}, ${street}`
  return { ...Object.fromEntries(FIELDS.map(field => [field, rest[field] ?? ''])), street: named }
}

/** Empty for guests and if the API fails: prefill is optional. `chosen` is the id of a saved address. */
export const checkoutPrefill = async (ctx: PageContext, chosen: string | null): Promise<Prefill> => {
  try {
    if (!(await ctx.call(whoAmI, {})).signed_in) return NO_PREFILL
    const [profile, { items }] = await Promise.all([ctx.call(getProfile, {}), ctx.call(listAddresses, {})])
    const saved = items.map(({ address_id, ...address }) => ({ id: address_id, address: address as Address }))
    const all = profile.address ? [{ id: 'main', address: profile.address as Address }, ...saved] : saved
    const used = all.find(({ id }) => id === chosen) ?? all[0]
    return {
      values: { email: profile.email, ...addressValues(used?.address, fullName(profile)) },
      savedAddresses: all.map(one => ({
        id: one.id,
        line: addressLine(one.address),
        isChosen: one === used,
      })),
    }
  } catch (error) {
    ctx.report(error)
    return NO_PREFILL
  }
}
