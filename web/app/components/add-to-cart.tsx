/**
 * Form that adds a book to the cart. With scripts the customer stays on the page; without, the cart opens.
 */
import { useFetcher } from 'react-router'
import type { action } from '../routes/cart.tsx'
import { t } from '../texts/texts.ts'

const QUANTITIES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]

export const AddToCart = ({ bookId }: { readonly bookId: string }) => {
  const { Form, state, data } = useFetcher<typeof action>()
  const isBusy = state !== 'idle'
  return (
    <Form method="post" action="/cart" className="mt-6">
      <input type="hidden" name="intent" value="add" />
      <input type="hidden" name="book_id" value={bookId} />
      <div className="flex flex-wrap items-end gap-3">
        <label className="block text-sm">
          <span className="mb-1 block text-soft">{t.book.quantity}</span>
          <select name="quantity" className="field h-12 pr-8 tabular-nums">
            {QUANTITIES.map(choice => (
              <option key={choice}>{choice}</option>
            ))}
          </select>
        </label>
        <button type="submit" className="button h-12 px-7" aria-disabled={isBusy}>
          {isBusy ? t.book.adding : t.book.add}
        </button>
      </div>
      <div role="status" className="mt-3 min-h-6">
        {data &&
          !isBusy &&
          ('problem' in data ? (
            <p className="text-bad">{data.problem.text}</p>
          ) : (
            <p className="text-good">
              {t.book.added(data.count)}{' '}
              <a href="/cart" className="link">
                {t.book.viewCart}
              </a>
            </p>
          ))}
      </div>
    </Form>
  )
}
