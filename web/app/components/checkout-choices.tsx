/**
 * Choices of checkout: how the order is delivered, and how it is paid. What belongs to one of them is shown while it is chosen, by
 * styles (`.checkout` in orders.css) and not by scripts: the classes `if-ship` and `if-collect` of a delivery, and `if-agreed` and
 * `if-hosted` of a method that is paid later, or on the next page.
 */
import type { CheckoutOptions } from '#src/payments/api.ts'
import { money } from '../texts/format.ts'
import { t } from '../texts/texts.ts'

export type DeliveryOption = CheckoutOptions['deliveries'][number]
type MethodOption = DeliveryOption['methods'][number]

export const canBeChosen = ({ unavailable }: MethodOption): boolean => unavailable === undefined

/** The method that is chosen at first: the submitted one, or the first that can be. */
const chosenMethod = ({ methods }: DeliveryOption, submitted: string | undefined): MethodOption | undefined =>
  methods.find(one => one.id === submitted && canBeChosen(one)) ?? methods.find(canBeChosen)

type ChoiceProps = {
  readonly name: string
  readonly value: string
  readonly label: string
  readonly details: readonly string[]
  readonly isChosen: boolean
  readonly amount?: string
  readonly isDisabled?: boolean
  readonly isHosted?: boolean
}

const Choice = ({
  name,
  value,
  label,
  details,
  isChosen,
  amount,
  isDisabled = false,
  isHosted = false,
}: ChoiceProps) => {
  const id = `${name}-${value}`
  return (
    <div className="choice">
      <input
        id={id}
        type="radio"
        name={name}
        value={value}
        defaultChecked={isChosen}
        disabled={isDisabled}
        aria-describedby={`${id}-details`}
        data-hosted={isHosted ? '' : undefined}
      />
      <label htmlFor={id} className={isDisabled ? 'text-soft' : 'font-semibold'}>
        {label}
      </label>
      {amount !== undefined && <span className="tabular-nums">{amount}</span>}
      <div id={`${id}-details`} className="choice-details">
        {details.map(text => (
          <p key={text}>{text}</p>
        ))}
      </div>
    </div>
  )
}

type DeliveryProps = {
  readonly deliveries: readonly DeliveryOption[]
  readonly chosen: string
  readonly currency: string
}

/** Nothing to choose where there is one delivery. */
export const DeliveryChoice = ({ deliveries, chosen, currency }: DeliveryProps) =>
  deliveries.length < 2 ? null : (
    <fieldset className="mb-8">
      <legend className="section-title">{t.checkout.delivery}</legend>
      {deliveries.map(({ id, label, description, total }) => (
        <Choice
          key={id}
          name="delivery"
          value={id}
          label={label}
          details={[description]}
          amount={money(total, currency)}
          isChosen={id === chosen}
        />
      ))}
    </fieldset>
  )

type MethodProps = { readonly delivery: DeliveryOption; readonly submitted: string | undefined }

export const MethodChoice = ({ delivery, submitted }: MethodProps) => {
  const { id, methods } = delivery
  const name = `payment_method_${id}`
  const [first] = methods
  if (methods.length === 1 && first && canBeChosen(first))
    return (
      <div className={`mt-8 if-${id}`}>
        <h2 className="section-title">{t.checkout.payment}</h2>
        <input type="hidden" name={name} value={first.id} />
        <p>{first.id === 'invoice' ? t.checkout.invoice : `${first.label}. ${first.description}`}</p>
      </div>
    )
  const chosen = chosenMethod(delivery, submitted)
  return (
    <fieldset className={`mt-8 if-${id}`}>
      <legend className="section-title">{t.checkout.payment}</legend>
      {methods.map(method => (
        <Choice
          key={method.id}
          name={name}
          value={method.id}
          label={method.label}
          details={[method.description, ...(method.unavailable === undefined ? [] : [method.unavailable])]}
          isChosen={method === chosen}
          isDisabled={!canBeChosen(method)}
          isHosted={method.is_hosted}
        />
      ))}
      {!chosen && <p className="text-warn">{t.checkout.noMethod}</p>}
    </fieldset>
  )
}
