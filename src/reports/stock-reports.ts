/** Reports of what is in stock. Stock is valued at selling prices: the shop does not know what it paid for a book. */
import { count, dayColumn, money, type Report, textColumn } from './report.ts'
import { inPeriod, statement } from './statement.ts'

/** Copies of each book that were ordered in the period, without cancelled orders. */
const SOLD = `select book_id, sum(quantity)::bigint as copies from report.order_lines
  where ${inPeriod('ordered_at')} and not is_cancelled group by book_id`

/** Books that the shop has. */
const BOOKS = `report.books b where b.gone_at is null and b.currency = {currency} and ({category} is null or b.category = {category})`

/**
 * Books with the copies of the period. Put together by grouping, because the planner takes the books for few and would compare
 * each with every book that was sold.
 */
const withSold = (
  which: string,
): string => `select book_id, max(title) as title, max(author) as author, max(category) as category,
    sum(copies)::bigint as copies, max(stock) as stock, max(tied_up_minor) as tied_up_minor, max(created_at) as created_at
  from (
    select book_id, title, author, category, 0::bigint as copies, stock, stock * price_minor as tied_up_minor, created_at
    from ${BOOKS} and ${which}
    union all select book_id, null, null, null, copies, null, null, null from (${SOLD}) sold
  ) both_parts group by book_id having max(stock) is not null`

const BOOK_COLUMNS = [
  textColumn('title', 'Title'),
  textColumn('author', 'Author'),
  textColumn('category', 'Category'),
  textColumn('book_id', 'Book ID'),
]

const slowMovers: Report = {
  title: 'Slow movers',
  summary:
    'Books in stock of which the fewest copies were sold in the period, and the money tied up in them at selling prices.',
  columns: [
    ...BOOK_COLUMNS,
    count('copies', 'Copies sold'),
    count('stock', 'In stock'),
    money('tied_up_minor', 'Tied up'),
    dayColumn('last_sold', 'Last sold'),
    dayColumn('since', 'In the shop since'),
  ],
  chart: { kind: 'ranking', label: 'title', values: ['tied_up_minor'] },
  statement: statement(`with slow as (
  ${withSold('b.stock > 0')}
  order by copies, tied_up_minor desc, book_id limit 200
)
select book_id, title, author, category, copies, stock, tied_up_minor,
  (select (max(l.ordered_at) at time zone {zone})::date::text from report.order_lines l
    where l.book_id = slow.book_id and not l.is_cancelled) as last_sold,
  (created_at at time zone {zone})::date::text as since
from slow order by copies, tied_up_minor desc, book_id`),
}

const daysOfStock: Report = {
  title: 'Days of stock left',
  summary:
    'How many days the stock lasts if as many copies are sold each day as in the period; the first to run out comes first.',
  columns: [
    ...BOOK_COLUMNS,
    count('copies', 'Copies sold'),
    count('stock', 'In stock'),
    count('days_left', 'Days left'),
  ],
  chart: { kind: 'ranking', label: 'title', values: ['days_left'] },
  statement: statement(`select book_id, title, author, category, copies, stock,
  (greatest(stock, 0)::bigint * ({to} - {from} + 1)) / copies as days_left
from (${withSold("b.status = 'active'")}) books
where copies > 0 order by days_left, copies desc, book_id limit 200`),
}

const stockValue: Report = {
  title: 'Stock value',
  summary:
    'What is in stock now, at selling prices, by category. Books that are no longer for sale are included.',
  columns: [
    textColumn('category', 'Category'),
    count('books', 'Books'),
    count('copies', 'Copies'),
    money('value_minor', 'Value'),
  ],
  chart: { kind: 'ranking', label: 'category', values: ['value_minor'] },
  statement:
    statement(`select category, count(*) as books, sum(stock)::bigint as copies, sum(stock * price_minor)::bigint as value_minor
from ${BOOKS} group by category order by value_minor desc, category`),
}

export const STOCK_REPORTS = {
  'slow-movers': slowMovers,
  'days-of-stock': daysOfStock,
  'stock-value': stockValue,
} as const satisfies Record<string, Report>
