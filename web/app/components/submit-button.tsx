/** Submit button that ignores further clicks while its form is being submitted. */
import { useNavigation } from 'react-router'

type Props = {
  readonly text: string
  readonly intent?: string
  readonly className?: string
  /** Accessible name, where the text alone is ambiguous out of context. */
  readonly label?: string
}

export const SubmitButton = ({ text, intent, className = 'button mt-2 h-12 px-7', label }: Props) => {
  const isBusy = useNavigation().formMethod === 'POST'
  return (
    <button
      type="submit"
      className={className}
      aria-label={label}
      aria-disabled={isBusy}
      onClick={event => isBusy && event.preventDefault()}
      {...(intent === undefined ? {} : { name: 'intent', value: intent })}
    >
      {text}
    </button>
  )
}
