/** What something costs, to the cent, and what it is made of. */
import { money } from '../texts/format.ts'
import { t } from '../texts/texts.ts'

type Props = {
  readonly subtotal?: number | undefined
  readonly tax?: number | undefined
  readonly shipping?: number | undefined
  readonly total: number
  readonly currency: string
}

export const Totals = ({ subtotal, tax, shipping, total, currency }: Props) => {
  const parts: [string, number | undefined][] = [
    [t.cart.subtotal, subtotal],
    [t.cart.shipping, shipping],
    [t.cart.tax, tax],
  ]
  return (
    <dl className="totals">
      {parts.map(
        ([name, amount]) =>
          amount !== undefined && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{money(amount, currency)}</dd>
            </div>
          ),
      )}
      <div className="total">
        <dt>{t.cart.total}</dt>
        <dd data-total={total}>{money(total, currency)}</dd>
      </div>
    </dl>
  )
}
