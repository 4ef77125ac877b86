/** Fields of a form: label, hint and problem said to everyone, and to screen readers as belonging together. */
import type { HTMLInputAutoCompleteAttribute } from 'react'
import type { Country } from '../texts/names.server.ts'
import { t } from '../texts/texts.ts'

type Common = {
  readonly name: string
  /** The name, unless a page has several fields of that name. */
  readonly id?: string
  readonly typed: string | undefined
  readonly problem: string | undefined
}

const described = (name: string, hint: string | undefined, problem: string | undefined) =>
  [hint && `${name}-hint`, problem && `${name}-problem`].filter(Boolean).join(' ') || undefined

const Problem = ({ name, problem }: { readonly name: string; readonly problem: string | undefined }) =>
  problem === undefined ? null : (
    <p id={`${name}-problem`} className="mt-1 text-bad text-sm">
      {problem}
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
  typed,
  problem,
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
      defaultValue={typed}
      autoComplete={autoComplete}
      inputMode={inputMode}
      required={!isOptional}
      aria-invalid={problem !== undefined}
      aria-describedby={described(id, hint, problem)}
      className="field h-12 w-full"
    />
    {hint && (
      <p id={`${id}-hint`} className="mt-1 text-soft text-sm">
        {hint}
      </p>
    )}
    <Problem name={id} problem={problem} />
  </div>
)

type CountryProps = Common & { readonly countries: readonly Country[]; readonly fallback: string }

export const CountryField = ({ name, typed, problem, countries, fallback }: CountryProps) => (
  <div className="mb-4">
    <label htmlFor={name} className="label">
      {t.checkout.country}
    </label>
    <select
      id={name}
      name={name}
      defaultValue={typed ?? fallback}
      autoComplete="country"
      required
      aria-invalid={problem !== undefined}
      aria-describedby={described(name, undefined, problem)}
      className="field h-12 w-full"
    >
      <option value="">{t.checkout.chooseCountry}</option>
      {countries.map(({ code, name: country }) => (
        <option key={code} value={code}>
          {country}
        </option>
      ))}
    </select>
    <Problem name={name} problem={problem} />
  </div>
)
