/** Line of the cart: quantity controls, and price or stock changes since the book was added. */
import { useFetcher } from 'react-router'
import type { CartView } from '#src/cart/schema.ts'
import { bookPath } from '#src/core/book-path.ts'
import type { action } from '../routes/cart.tsx'
import { authorsLine } from '../texts/format.ts'
import { t } from '../texts/texts.ts'
import { Cover } from './cover.tsx'
import { usePrice } from './use-shop.ts'

type Item = CartView['items'][number]
const MAX_QUANTITY = 20

const describeChange = (item: Item, price: (amount: number) => string): string | undefined => {
  const { available_quantity: left, previous_price: before } = item
  if (left !== undefined) return left === 0 ? t.cart.soldOut : t.cart.notEnough(left)
  if (before === undefined) return undefined
  return before < item.price
    ? t.cart.priceRose(price(before), price(item.price))
    : t.cart.priceFell(price(before), price(item.price))
}

export const CartLine = ({
  item,
  problem,
}: {
  readonly item: Item
  readonly problem: string | undefined
}) => {
  const { Form, formData, data, state } = useFetcher<typeof action>()
  const price = usePrice()
  const { title, author = '', available_quantity: left } = item
  // Optimistic UI: shows the submitted quantity before the response arrives.
  const quantity = Number(formData?.get('quantity') ?? item.quantity)
  const refused = problem ?? (state === 'idle' && data && 'problem' in data ? data.problem.text : undefined)
  const note = describeChange(item, price)
  return (
    <li className={quantity === 0 ? 'cart-line opacity-40' : 'cart-line'}>
      {/* biome-ignore lint/a11y/useAnchorContent: the title next to it is the same link; screen readers should announce it once */}
      <a href={bookPath(item)} tabIndex={-1} aria-hidden="true" className="w-20 shrink-0 sm:w-24">
        <Cover book={item} eager sizes="6rem" />
      </a>
      <div className="min-w-0 flex-1">
        <div className="flex items-baseline justify-between gap-x-4">
          <h2 dir="auto" className="min-w-0 font-serif text-xl leading-snug">
            <a href={bookPath(item)} className="hover:underline">
              {title}
            </a>
          </h2>
          <p className="tabular-nums">{price(item.line_total)}</p>
        </div>
        <p className="text-soft text-sm">
          {authorsLine(author)}
          {author && ' · '}
          {price(item.price)} {t.cart.each}
        </p>
        {note && (
          <p className={left === undefined ? 'mt-2 text-sm text-warn' : 'mt-2 text-sm text-bad'}>{note}</p>
        )}
        <p role="status" className="text-bad text-sm">
          {refused}
        </p>
        <Form method="post" action="/cart" className="mt-3 flex flex-wrap items-center gap-x-5 gap-y-2">
          <input type="hidden" name="intent" value="set" />
          <input type="hidden" name="book_id" value={item.book_id} />
          <input type="hidden" name="had" value={item.quantity} />
          <div className="stepper">
            <button
              type="submit"
              name="quantity"
              value={Math.max(quantity - 1, 0)}
              aria-label={t.cart.removeOne(title)}
            >
              −
            </button>
            <span className="tabular-nums" aria-hidden="true">
              {quantity}
            </span>
            <span className="sr-only">{t.cart.copies(quantity)}</span>
            <button
              type="submit"
              name="quantity"
              value={Math.min(quantity + 1, MAX_QUANTITY)}
              disabled={quantity >= MAX_QUANTITY}
              aria-label={t.cart.addOne(title)}
            >
              +
            </button>
          </div>
          {left !== undefined && left > 0 && (
            <button
              type="submit"
              name="quantity"
              value={Math.min(left, MAX_QUANTITY)}
              className="button-quiet"
            >
              {t.cart.setQuantity(left)}
            </button>
          )}
          <button type="submit" name="quantity" value="0" className="link min-h-11 text-sm">
            <span aria-hidden="true">{t.cart.remove}</span>
            <span className="sr-only">{t.cart.removeBook(title)}</span>
          </button>
        </Form>
      </div>
    </li>
  )
}
