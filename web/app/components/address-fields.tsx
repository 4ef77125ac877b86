/** Fields of a postal address. */
import type { Country } from '../texts/names.server.ts'
import { t } from '../texts/texts.ts'
import { CountryField, TextField } from './fields.tsx'

type Field = {
  readonly name: string
  readonly defaultValue: string | undefined
  readonly error: string | undefined
}
type Props = {
  readonly field: (name: 'street' | 'postal_code' | 'city' | 'state' | 'country') => Field
  readonly countries: readonly Country[]
  /** ISO 3166-1 code of the country that is preselected, or ''. */
  readonly defaultCountry: string
}

export const AddressFields = ({ field, countries, defaultCountry }: Props) => (
  <>
    <TextField {...field('street')} label={t.checkout.street} autoComplete="street-address" />
    <div className="grid gap-x-4 sm:grid-cols-[8rem_1fr]">
      <TextField {...field('postal_code')} label={t.checkout.postalCode} autoComplete="postal-code" />
      <TextField {...field('city')} label={t.checkout.city} autoComplete="address-level2" />
    </div>
    <TextField {...field('state')} label={t.checkout.state} autoComplete="address-level1" isOptional />
    <CountryField {...field('country')} countries={countries} defaultCountry={defaultCountry} />
  </>
)
