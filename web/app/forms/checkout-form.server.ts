/** The checkout's form: what was typed, and what is wrong with it. */

import { Email } from '#src/accounts/email.ts'
import { PostalAddress } from '#src/accounts/schema.ts'

export const fields = ['email', 'street', 'city', 'state', 'postal_code', 'country'] as const
export type Field = (typeof fields)[number]
export type Typed = Readonly<Record<Field, string>>

const LONGEST = 400

export const typedOf = (form: FormData): Typed =>
  Object.fromEntries(
    fields.map(name => [
      name,
      String(form.get(name) ?? '')
        .slice(0, LONGEST)
        .trim(),
    ]),
  ) as Typed

/** The fields that the shop would refuse, in the order of the page. */
export const wrongIn = (typed: Typed): Field[] => {
  const { email, ...address } = typed
  const wrong = new Set<string>(Email.safeParse(email).success ? [] : ['email'])
  for (const issue of PostalAddress.safeParse(addressOf(address)).error?.issues ?? [])
    wrong.add(String(issue.path[0]))
  if (address.country === '') wrong.add('country')
  return fields.filter(name => wrong.has(name))
}

/** The address as the shop takes it: what is optional and was left empty is not there. */
export const addressOf = ({ street, city, state, postal_code, country }: Omit<Typed, 'email'>) => ({
  street,
  city,
  postal_code,
  ...(state === '' ? {} : { state }),
  ...(country === '' ? {} : { country }),
})
