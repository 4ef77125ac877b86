/** Form fields with label, hint and error message, associated for assistive technology. */
import type { HTMLInputAutoCompleteAttribute, Ref } from 'react'
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

const Label = ({
  id,
  label,
  isOptional,
}: {
  readonly id: string
  readonly label: string
  readonly isOptional: boolean
}) => (
  <label htmlFor={id} className="label">
    {label} {isOptional && <span className="text-soft">({t.checkout.optional})</span>}
  </label>
)

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
    <Label id={id} label={label} isOptional={isOptional} />
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

type SelectProps = Common & {
  readonly label: string
  /** The first option, which stands for nothing. */
  readonly placeholder: string
  readonly options: readonly { readonly value: string; readonly name: string }[]
  readonly autoComplete: HTMLInputAutoCompleteAttribute
  readonly isOptional?: boolean
  readonly onChange?: (value: string) => void
  readonly ref?: Ref<HTMLSelectElement>
}

export const SelectField = ({
  name,
  id = name,
  defaultValue,
  error,
  label,
  placeholder,
  options,
  autoComplete,
  isOptional = false,
  onChange,
  ref,
}: SelectProps) => (
  <div className="mb-4">
    <Label id={id} label={label} isOptional={isOptional} />
    <select
      id={id}
      ref={ref}
      name={name}
      defaultValue={defaultValue}
      autoComplete={autoComplete}
      required={!isOptional}
      aria-invalid={error !== undefined}
      aria-describedby={describedBy(id, undefined, error)}
      onChange={event => onChange?.(event.target.value)}
      className="field h-12 w-full"
    >
      <option value="">{placeholder}</option>
      {options.map(({ value, name: text }) => (
        <option key={value} value={value}>
          {text}
        </option>
      ))}
    </select>
    <FieldError name={id} error={error} />
  </div>
)
