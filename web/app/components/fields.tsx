/** Form fields with label, hint and error message, associated for assistive technology. */
import type { HTMLInputAutoCompleteAttribute } from 'react'
import type { Country } from '../texts/names.server.ts'
import { t } from '../texts/texts.ts'

type Common = {
  readonly name: string
  /** Defaults to the name; needed where a page has several fields of the same name. */
  readonly id?: string
  readonly defaultValue: string | undefined
  readonly error: string | undefined
}

const describedBy = (name: string, hint: string | undefined, error: string | undefined) =>
  [hint && `${name}-hint`, error && `${name}-problem`].filter(Boolean).join(' ') || undefined

const FieldError = ({ name, error }: { readonly name: string; readonly error: string | undefined }) =>
  error === undefined ? null : (
    <p id={`${name}-problem`} className="mt-1 text-bad text-sm">
      {error}
    </p>
  )

type TextProps = Common & {
  readonly label: string
  readonly hint?: string
  readonly type?: 'text' | 'email' | 'password' | 'tel'
  readonly autoComplete: HTMLInputAutoCompleteAttribute
  readonly isOptional?: boolean
  readonly inputMode?: 'numeric' | 'decimal'
}

export const TextField = ({
  name,
  id = name,
  defaultValue,
  error,
  label,
  hint,
  type = 'text',
  autoComplete,
  isOptional = false,
  inputMode,
}: TextProps) => (
  <div className="mb-4">
    <label htmlFor={id} className="label">
      {label} {isOptional && <span className="text-soft">({t.checkout.optional})</span>}
    </label>
    <input
      id={id}
      name={name}
      type={type}
      defaultValue={defaultValue}
      autoComplete={autoComplete}
      inputMode={inputMode}
      required={!isOptional}
      aria-invalid={error !== undefined}
      aria-describedby={describedBy(id, hint, error)}
      className="field h-12 w-full"
    />
    {hint && (
      <p id={`${id}-hint`} className="mt-1 text-soft text-sm">
        {hint}
      </p>
    )}
    <FieldError name={id} error={error} />
  </div>
)

type CountryProps = Common & { readonly countries: readonly Country[]; readonly defaultCountry: string }

export const CountryField = ({ name, defaultValue, error, countries, defaultCountry }: CountryProps) => (
  <div className="mb-4">
    <label htmlFor={name} className="label">
      {t.checkout.country}
    </label>
    <select
      id={name}
      name={name}
      defaultValue={defaultValue ?? defaultCountry}
      autoComplete="country"
      required
      aria-invalid={error !== undefined}
      aria-describedby={describedBy(name, undefined, error)}
      className="field h-12 w-full"
    >
      <option value="">{t.checkout.chooseCountry}</option>
      {countries.map(({ code, name: country }) => (
        <option key={code} value={code}>
          {country}
        </option>
      ))}
    </select>
    <FieldError name={name} error={error} />
  </div>
)
