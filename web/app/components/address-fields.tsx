/**
 * Fields of a postal address. The country comes first and decides which fields follow: with scripts when it
 * is changed, without them with a button.
 */
import { useEffect, useRef } from 'react'
import { useFetcher } from 'react-router'
import type { AddressField, AddressForm } from '../forms/address-form.server.ts'
import { address as texts } from '../texts/address.ts'
import type { Country } from '../texts/names.server.ts'
import { SelectField, TextField } from './fields.tsx'
import { useHydrated } from './use-hydrated.ts'

type FieldProps = {
  readonly name: string
  readonly defaultValue: string | undefined
  readonly error: string | undefined
}
type Props = {
  readonly form: AddressForm
  readonly field: (name: string) => FieldProps
  readonly countries: readonly Country[]
}

/** The intent of the button that shows the fields of the chosen country. */
export const COUNTRY_INTENT = 'country'
/** Hidden field: the country whose fields are shown. */
export const SHOWN_COUNTRY = 'shown_country'

const AUTOCOMPLETE = {
  name: 'name',
  street: 'address-line1',
  line2: 'address-line2',
  city: 'address-level2',
  state: 'address-level1',
  postal_code: 'postal-code',
  phone: 'tel',
} as const

const COLUMNS = ['', 'sm:col-span-6', 'sm:col-span-3', 'sm:col-span-2']

export const AddressFields = ({ form: initial, field, countries }: Props) => {
  const fetcher = useFetcher<AddressForm>()
  const isHydrated = useHydrated()
  const country = useRef<HTMLSelectElement>(null)
  const form = fetcher.data ?? initial
  const show = (code: string): void => {
    const search = new URLSearchParams({ country: code, kind: initial.kind })
    void fetcher.load(`/checkout/address-form?${search}`)
  }
  // The country may have been changed before the scripts came.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, for what was chosen until then
  useEffect(() => {
    const chosen = country.current?.value ?? ''
    if (chosen !== initial.country) show(chosen)
  }, [])
  return (
    <div className="grid grid-cols-1 gap-x-4 sm:grid-cols-6" aria-busy={fetcher.state !== 'idle'}>
      <input type="hidden" name={SHOWN_COUNTRY} value={form.country} />
      <div className="sm:col-span-6">
        <SelectField
          {...field('country')}
          defaultValue={field('country').defaultValue ?? initial.country}
          ref={country}
          label={texts.country}
          placeholder={texts.chooseCountry}
          autoComplete="country"
          options={countries}
          onChange={show}
        />
        {!isHydrated && (
          <button type="submit" name="intent" value={COUNTRY_INTENT} className="button-quiet -mt-1 mb-4">
            {texts.showFields}
          </button>
        )}
      </div>
      {form.fields.map(one => (
        <div
          key={one.options.length > 0 ? `${one.name} ${form.country}` : one.name}
          className={COLUMNS[one.inRow]}
        >
          <AddressInput of={one} {...field(one.name)} />
        </div>
      ))}
    </div>
  )
}

const AddressInput = ({ of, ...field }: FieldProps & { readonly of: AddressField }) => {
  const common = {
    ...field,
    error: field.error === undefined ? undefined : of.error,
    label: of.label,
    autoComplete: AUTOCOMPLETE[of.name],
    isOptional: !of.isRequired,
  }
  if (of.options.length > 0)
    return <SelectField {...common} {...stateChoice(of, field.defaultValue)} placeholder={texts.choose} />
  return (
    <TextField
      {...common}
      {...(of.isNumeric ? { inputMode: 'numeric' as const } : {})}
      {...(of.name === 'phone' ? { type: 'tel' as const, hint: texts.phoneHint } : {})}
    />
  )
}

/**
 * The states, with the stored one selected: by its code or its name, or as it is where it is none of them.
 */
const stateChoice = ({ options }: AddressField, stored = '') => {
  const isStored = (text: string): boolean => text.toLowerCase() === stored.toLowerCase()
  const found = options.find(({ value, name }) => isStored(value) || isStored(name))
  const all = stored === '' || found ? options : [...options, { value: stored, name: stored }]
  return { options: all, defaultValue: found?.value ?? stored }
}
