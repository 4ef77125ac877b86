/** Fields of the checkout form: parsing and validation. */

import { Email } from '#src/accounts/email.ts'
import { PostalAddress } from '#src/accounts/schema.ts'

export const CHECKOUT_FIELDS = ['email', 'street', 'city', 'state', 'postal_code', 'country'] as const
export type CheckoutField = (typeof CHECKOUT_FIELDS)[number]
export type CheckoutValues = Readonly<Record<CheckoutField, string>>

const MAX_LENGTH = 400

export const readCheckoutForm = (form: FormData): CheckoutValues =>
  Object.fromEntries(
    CHECKOUT_FIELDS.map(name => [
      name,
      String(form.get(name) ?? '')
        .slice(0, MAX_LENGTH)
        .trim(),
    ]),
  ) as CheckoutValues

/** Fields that the API would reject, in the order of the page. */
export const findInvalidFields = (typed: CheckoutValues): CheckoutField[] => {
  const { email, ...address } = typed
  const wrong = new Set<string>(Email.safeParse(email).success ? [] : ['email'])
  for (const issue of PostalAddress.safeParse(toPostalAddress(address)).error?.issues ?? [])
    wrong.add(String(issue.path[0]))
  if (address.country === '') wrong.add('country')
  return CHECKOUT_FIELDS.filter(name => wrong.has(name))
}

/** Postal address for the API, without empty optional fields. */
export const toPostalAddress = ({
  street,
  city,
  state,
  postal_code,
  country,
}: Omit<CheckoutValues, 'email'>) => ({
  street,
  city,
  postal_code,
  ...(state === '' ? {} : { state }),
  ...(country === '' ? {} : { country }),
})
