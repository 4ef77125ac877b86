/** Details of an order: number, date, address, items and totals; also the print view. */
import { storedCurrency } from '#src/core/currency.ts'
import { fromDecimal, multiply, toDecimal } from '#src/core/money.ts'
import type { OrderView } from '#src/orders/schema.ts'
import type { OrderPage } from '../loading/order-page.server.ts'
import { money } from '../texts/format.ts'
import { t } from '../texts/texts.ts'
import { Letterhead } from './letterhead.tsx'
import { PaymentFacts } from './order-payment.tsx'
import { Totals } from './totals.tsx'
import { useOrderDay, useShop } from './use-shop.ts'

const lineTotal = ({ price, quantity }: OrderView['items'][number], code: string): number => {
  const currency = storedCurrency(code)
  return toDecimal(multiply(fromDecimal(price, currency), quantity), currency)
}

export const OrderDetails = ({ order, addressLines, invoices }: OrderPage) => {
  const { shipping_address: address, currency } = order
  const { name } = useShop()
  const orderDay = useOrderDay()
  return (
    <>
      <div className="hidden print:block">
        <p className="font-serif text-xl">{name}</p>
        <Letterhead className="mt-1" />
      </div>
      <dl className="facts mt-6">
        <div>
          <dt>{t.order.number}</dt>
          <dd>{order.order_number}</dd>
        </div>
        <div>
          <dt>{t.order.date}</dt>
          <dd>{orderDay(order)}</dd>
        </div>
        {addressLines.length > 0 && (
          <div>
            <dt>{order.delivery === 'collect' ? t.order.collectAt : t.order.shippingTo}</dt>
            <dd className="whitespace-pre-line break-words">{addressLines.join('\n')}</dd>
          </div>
        )}
        {address?.phone && (
          <div>
            <dt>{t.order.phone}</dt>
            <dd>{address.phone}</dd>
          </div>
        )}
        {order.email && (
          <div>
            <dt>{t.order.email}</dt>
            <dd className="break-all">{order.email}</dd>
          </div>
        )}
        <PaymentFacts order={order} />
        {invoices.length > 0 && (
          <div className="print:hidden">
            <dt>{t.order.invoices}</dt>
            <dd>
              <ul>
                {invoices.map(({ number, kind, href }) => (
                  <li key={number}>
                    <a href={href} className="link inline-flex min-h-6 items-center">
                      {t.order.invoiceName[kind](number)}
                    </a>
                  </li>
                ))}
              </ul>
            </dd>
          </div>
        )}
      </dl>
      <table className="order-table mt-8">
        <caption className="sr-only">{t.order.items}</caption>
        <thead>
          <tr>
            <th scope="col">{t.order.items}</th>
            <th scope="col">{t.order.quantity}</th>
            <th scope="col">{t.order.price}</th>
            <th scope="col">{t.order.amount}</th>
          </tr>
        </thead>
        <tbody>
          {order.items.map(item => (
            <tr key={item.book_id}>
              <th scope="row" dir="auto" className="font-serif text-lg leading-snug">
                {item.title}
              </th>
              <td>{item.quantity}</td>
              <td>{money(item.price, currency)}</td>
              <td>{money(lineTotal(item, currency), currency)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="mt-4 ml-auto max-w-xs">
        <Totals amounts={order} currency={currency} />
      </div>
    </>
  )
}
