/** The button of a form, which is pressed once while its form is on its way. */
import { useNavigation } from 'react-router'

type Props = {
  readonly text: string
  readonly intent?: string
  readonly className?: string
  /** For ears: says what the text leaves to the place of the button. */
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
