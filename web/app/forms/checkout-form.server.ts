/** Fields of the checkout form: parsing and validation. */
import { Email } from '#src/accounts/email.ts'
import { PostalAddress } from '#src/addresses/schema.ts'
import type { Delivery } from '#src/orders/schema.ts'
import {
  ADDRESS_FIELDS,
  type AddressValues,
  findInvalidAddressFields,
  readAddress,
} from './address-form.server.ts'

const MAX_LENGTH = 400

/** Fields beside the address. Each delivery has its own choice of methods, because not every method goes with every delivery. */
const FIELDS = [
  'delivery',
  'email',
  'collector_name',
  'collector_phone',
  'payment_method_ship',
  'payment_method_collect',
]

/** The submitted fields, as they were typed. */
export const readCheckoutForm = (form: FormData): AddressValues => {
  const text = (name: string) =>
    String(form.get(name) ?? '')
      .slice(0, MAX_LENGTH)
      .trim()
  return readAddress(text, [...FIELDS, ...ADDRESS_FIELDS])
}

export const deliveryOf = ({ delivery }: AddressValues): Delivery =>
  delivery === 'collect' ? 'collect' : 'ship'

/** Who collects the order, for the API. */
export const toCollector = ({ collector_name: name, collector_phone: phone }: AddressValues) => ({
  ...(name ? { name } : {}),
  ...(phone ? { phone } : {}),
})

const Collector = PostalAddress.required({ name: true, phone: true })

const findInvalidCollectorFields = (typed: AddressValues): string[] => {
  const issues = Collector.safeParse(toCollector(typed)).error?.issues ?? []
  const wrong = new Set(issues.map(({ path }) => `collector_${String(path[0])}`))
  return ['collector_name', 'collector_phone'].filter(name => wrong.has(name))
}

/** Fields that the API would reject, in the order of the page. */
export const findInvalidFields = (typed: AddressValues): string[] => [
  ...(Email.safeParse(typed.email).success ? [] : ['email']),
  ...(deliveryOf(typed) === 'collect' ? findInvalidCollectorFields(typed) : findInvalidAddressFields(typed)),
]
