/** Checkbox with its label and a hint. */
type Props = {
  readonly name: string
  readonly label: string
  readonly hint?: string
  readonly isChecked: boolean
}

export const CheckField = ({ name, label, hint, isChecked }: Props) => (
  <div className="mb-6 flex gap-3">
    <input
      id={name}
      name={name}
      type="checkbox"
      value="yes"
      defaultChecked={isChecked}
      aria-describedby={hint === undefined ? undefined : `${name}-hint`}
      className="mt-1 size-5 shrink-0 accent-accent"
    />
    <div>
      <label htmlFor={name}>{label}</label>
      {hint !== undefined && (
        <p id={`${name}-hint`} className="mt-1 text-soft text-sm">
          {hint}
        </p>
      )}
    </div>
  </div>
)
