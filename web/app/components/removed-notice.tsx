/** Notice that a book was removed from the cart, with a button that puts it back. */
import { Form } from 'react-router'
import type { RemovedBook } from '../loading/removed-line.server.ts'
import { t } from '../texts/texts.ts'

export const RemovedNotice = ({ bookId, title, quantity }: RemovedBook) => (
  <Form
    method="post"
    action="/cart"
    className="mt-4 flex flex-wrap items-center justify-between gap-x-6 border-line border-y sm:justify-start"
  >
    <input type="hidden" name="intent" value="add" />
    <input type="hidden" name="book_id" value={bookId} />
    <p role="status" className="min-w-0 py-2">
      {t.cart.removed} <cite dir="auto">{title}</cite>.
    </p>
    <button type="submit" name="quantity" value={quantity} className="link min-h-11">
      <span aria-hidden="true">{t.cart.undo}</span>
      <span className="sr-only">{t.cart.undoRemoval(title)}</span>
    </button>
  </Form>
)
