/** Subtotal, adjustments, tax, shipping and total of a cart or an order. */
import { type Amounts, amountRows } from '#src/cart/amounts.ts'
import { money } from '../texts/format.ts'

type Props = { readonly amounts: Amounts<number>; readonly currency: string }

export const Totals = ({ amounts, currency }: Props) => (
  <dl className="totals">
    {amountRows(amounts).map(({ id, label, amount, isTotal }) => (
      <div key={id} className={isTotal ? 'total' : undefined}>
        <dt>{label}</dt>
        <dd data-total={isTotal ? amount : undefined}>{money(amount, currency)}</dd>
      </div>
    ))}
  </dl>
)
