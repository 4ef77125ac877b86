/** Staff dashboard: book search, and the orders of a day. */
import { Form } from 'react-router'
import { browseBooks } from '#src/catalog/api.ts'
import type { BookSummary } from '#src/catalog/schema.ts'
import { getStaffBook } from '#src/catalog/staff-api.ts'
import { truncate } from '#src/core/truncate.ts'
import { listOrders } from '#src/orders/api.ts'
import { OrderStatusLabel } from '../../components/order-status.tsx'
import { QuietNotice } from '../../components/quiet-notice.tsx'
import { readPageNumber } from '../../loading/list-params.server.ts'
import { type PageContext, pageContext, toShopError } from '../../loading/page-context.ts'
import { PAGE_SIZE } from '../../loading/pages.server.ts'
import { requireStaff } from '../../loading/require-staff.server.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { day as formatDay, money } from '../../texts/format.ts'
import { staff } from '../../texts/staff.ts'
import { t } from '../../texts/texts.ts'
import type { Route } from './+types/dashboard'

const DAY = /^\d{4}-\d{2}-\d{2}$/

type StaffRow = Pick<BookSummary, 'book_id' | 'title' | 'author' | 'price'>
const toRow = ({ book_id, title, author, price }: StaffRow): StaffRow => ({ book_id, title, author, price })

/** The book of this id or ISBN, also where it is retired and the search does not know it. */
const findExact = ({ call }: PageContext, q: string) =>
  call(getStaffBook, { params: { book_id: q } }).catch((error: unknown) => {
    toShopError(error)
    return undefined
  })

/** A page of the books that the search finds; the first one begins with an exact match that is not on it. */
const findBooks = async (ctx: PageContext, q: string, page: number) => {
  const [exact, found] = await Promise.all([
    page === 1 ? findExact(ctx, q) : undefined,
    ctx.read(browseBooks, { query: { q, limit: String(PAGE_SIZE), page: String(page) } }),
  ])
  const { items, total } = found
  const hasNext = found.next_cursor !== null
  const first = exact && !items.some(({ book_id }) => book_id === exact.book_id) ? [toRow(exact)] : []
  return {
    // An exact match that is for sale may be on a later page, where it counts already.
    total: (total ?? 0) + (hasNext && exact?.status !== 'retired' ? 0 : first.length),
    hasNext,
    items: [...first, ...items.map(toRow)],
  }
}

export const loader = async ({ context, url }: Route.LoaderArgs) => {
  const ctx = context.get(pageContext)
  const { isQuiet } = await requireStaff(ctx, url)
  const q = truncate(url.searchParams.get('q')?.trim() ?? '', 60)
  const page = readPageNumber(url)
  const asked = url.searchParams.get('date') ?? ''
  const date =
    DAY.test(asked) && !Number.isNaN(Date.parse(asked)) ? asked : new Date().toISOString().slice(0, 10)
  const cursor = url.searchParams.get('cursor')
  const [books, orders] = await Promise.all([
    q === '' ? undefined : findBooks(ctx, q, page),
    ctx.readPrivate(listOrders, { query: { date, ...(cursor ? { cursor } : {}) } }),
  ])
  return {
    isQuiet,
    q,
    page,
    books,
    date,
    orders: orders.items,
    next: orders.next_cursor,
    currency: ctx.currency,
  }
}

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: staff.title })

export default function Dashboard({ loaderData }: Route.ComponentProps) {
  const { isQuiet, q, page, books, date, orders, next, currency } = loaderData
  const pageLink = (number: number) => `/staff?${new URLSearchParams({ q, date, page: String(number) })}`
  return (
    <div className="max-w-4xl py-8">
      <h1 className="page-title">{staff.title}</h1>
      <p className="mt-2 flex gap-6">
        <a href="/staff/payments" className="link inline-flex min-h-6 items-center">
          {staff.payments}
        </a>
        <a href="/staff/reports" className="link inline-flex min-h-6 items-center">
          {staff.reports}
        </a>
      </p>
      <QuietNotice isQuiet={isQuiet} />
      <section aria-labelledby="find" className="mt-8">
        <h2 id="find" className="section-title">
          {staff.findBook}
        </h2>
        <Form role="search" aria-label={staff.findBook} className="flex flex-wrap items-end gap-3">
          <div className="min-w-64 flex-1">
            <label htmlFor="staff-q" className="label">
              {staff.findLabel}
            </label>
            <input id="staff-q" name="q" defaultValue={q} autoComplete="off" className="field h-11 w-full" />
          </div>
          <input type="hidden" name="date" value={date} />
          <button type="submit" className="button">
            {staff.findButton}
          </button>
        </Form>
        {books && (
          <>
            <p role="status" className="mt-4 text-soft">
              {books.total === 0 ? staff.notFound : staff.found(books.total)}
              {page > 1 && `, ${staff.page(page)}`}
            </p>
            <ul className="mt-2 border-line border-t">
              {books.items.map(({ book_id, title, author, price }) => (
                <li key={book_id} className="border-line border-b">
                  <a href={`/staff/books/${encodeURIComponent(book_id)}`} className="order-row">
                    <span className="min-w-0">
                      <span dir="auto" className="block font-serif text-xl">
                        {title}
                      </span>
                      <span className="block truncate text-soft text-sm">
                        {author}, {book_id}
                      </span>
                    </span>
                    <span className="tabular-nums">{money(price, currency)}</span>
                  </a>
                </li>
              ))}
            </ul>
            {(page > 1 || books.hasNext) && (
              <nav aria-label={t.list.pagination} className="mt-6 flex flex-wrap gap-4">
                {page > 1 && (
                  <a href={pageLink(page - 1)} rel="prev" className="button-quiet">
                    {t.list.previous}
                  </a>
                )}
                {books.hasNext && (
                  <a href={pageLink(page + 1)} rel="next" className="button-quiet">
                    {t.list.next}
                  </a>
                )}
              </nav>
            )}
          </>
        )}
      </section>
      <section aria-labelledby="day" className="mt-12">
        <h2 id="day" className="section-title">
          {staff.orders}
        </h2>
        <Form className="flex flex-wrap items-end gap-3">
          <div>
            <label htmlFor="staff-date" className="label">
              {staff.date}
            </label>
            <input id="staff-date" name="date" type="date" defaultValue={date} className="field h-11" />
          </div>
          <button type="submit" className="button-quiet">
            {staff.showOrders}
          </button>
        </Form>
        <h3 className="mt-6 font-semibold">{staff.ordersOf(formatDay(date, 'UTC'))}</h3>
        {orders.length === 0 && <p className="mt-2 text-soft">{staff.noOrders}</p>}
        <ul className="mt-2 border-line border-t">
          {orders.map(order => (
            <li key={order.order_id} className="border-line border-b">
              <a href={`/staff/orders/${encodeURIComponent(order.order_id)}`} className="order-row">
                <span className="min-w-0">
                  <span className="block">{order.order_number}</span>
                  <span className="block truncate text-soft text-sm">
                    {order.items.map(({ title, quantity }) => `${quantity} × ${title}`).join(', ')}
                  </span>
                </span>
                <span className="shrink-0 text-right">
                  <OrderStatusLabel order={order} />
                  <span className="block text-sm tabular-nums">{money(order.total, order.currency)}</span>
                </span>
              </a>
            </li>
          ))}
        </ul>
        {next !== null && (
          <p className="mt-6">
            <a href={`/staff?${new URLSearchParams({ date, cursor: next })}`} className="button-quiet">
              {t.list.next}
            </a>
          </p>
        )}
      </section>
    </div>
  )
}
