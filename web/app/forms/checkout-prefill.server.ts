/** Checkout fields prefilled from the profile of a signed-in customer. */
import type * as z from 'zod'
import { whoAmI } from '#src/accounts/api.ts'
import { readableEmail } from '#src/accounts/email.ts'
import { getProfile, listAddresses, type Profile } from '#src/accounts/profile/api.ts'
import { addressLine } from '#src/addresses/lines.ts'
import type { StoredAddress } from '#src/addresses/schema.ts'
import type { PageContext } from '../loading/page-context.ts'
import { ADDRESS_FIELDS } from './address-form.server.ts'

export type Prefill = {
  readonly isSignedIn: boolean
  readonly values: Readonly<Record<string, string>>
  /** Addresses to choose from, each as one line. */
  readonly savedAddresses: readonly {
    readonly id: string
    readonly line: string
    readonly isChosen: boolean
  }[]
}

type Choice = { readonly id: string; readonly address: StoredAddress }

const NO_PREFILL: Prefill = { isSignedIn: false, values: {}, savedAddresses: [] }

const fullName = ({ first_name = '', last_name = '' }: z.infer<typeof Profile>): string =>
  `${first_name} ${last_name}`.trim()

/**
 * An address with its recipient. One without a name (specification, "Sample User Item") gets the
 * account's; where the name was typed before the street, as one field once asked for both, it is moved.
 */
export const withRecipient = (address: StoredAddress, profile: z.infer<typeof Profile>): StoredAddress => {
  if (address.name !== undefined) return address
  const { street = '' } = address
  const name = fullName(profile)
  const isInStreet = name !== '' && street.startsWith(`${name}, `)
  return { ...address, name, street: isInStreet ? street.slice(name.length + 2) : street }
}

/** Empty for guests and if the API fails: prefill is optional. `chosen` is the id of a saved address. */
export const checkoutPrefill = async (ctx: PageContext, chosen: string | null): Promise<Prefill> => {
  try {
    if (!(await ctx.call(whoAmI, {})).signed_in) return NO_PREFILL
    const [profile, { items }] = await Promise.all([ctx.call(getProfile, {}), ctx.call(listAddresses, {})])
    const saved = items.map(({ address_id, ...address }): Choice => ({ id: address_id, address }))
    const stored = profile.address ? [{ id: 'main', address: profile.address }, ...saved] : saved
    const all = stored.map(({ id, address }) => ({ id, address: withRecipient(address, profile) }))
    const used = all.find(({ id }) => id === chosen) ?? all[0]
    const values: StoredAddress = {
      phone: profile.phone,
      ...(used?.address ?? withRecipient({}, profile)),
    }
    return {
      isSignedIn: true,
      values: {
        email: readableEmail(profile.email),
        ...Object.fromEntries(ADDRESS_FIELDS.map(field => [field, values[field] ?? ''])),
      },
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
