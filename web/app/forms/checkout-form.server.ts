/** Fields of the checkout form: parsing and validation. */
import { Email } from '#src/accounts/email.ts'
import {
  ADDRESS_FIELDS,
  type AddressValues,
  findInvalidAddressFields,
  readAddress,
} from './address-form.server.ts'

const MAX_LENGTH = 400

/** The submitted email and address, as they were typed. */
export const readCheckoutForm = (form: FormData): AddressValues => {
  const text = (name: string) =>
    String(form.get(name) ?? '')
      .slice(0, MAX_LENGTH)
      .trim()
  return readAddress(text, ['email', ...ADDRESS_FIELDS])
}

/** Fields that the API would reject, in the order of the page. */
export const findInvalidFields = (typed: AddressValues): string[] => [
  ...(Email.safeParse(typed.email).success ? [] : ['email']),
  ...findInvalidAddressFields(typed),
]
