/** Reports of what is in stock. Stock is valued at selling prices: the shop does not know what it paid for a book. */
import { count, dayColumn, money, type Report, textColumn } from './report.ts'
import { inPeriod, statement } from './statement.ts'

/** Copies of each book that were ordered in the period, without cancelled orders. */
const SOLD = `select book_id, sum(quantity)::bigint as copies from report.order_lines
  where ${inPeriod('ordered_at')} and not is_cancelled group by book_id`

/** Books that the shop has. */
const BOOKS = `report.books b where b.gone_at is null and b.currency = {currency} and ({category} is null or b.category = {category})`

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
  statement: statement(`with sold as (${SOLD}),
slow as (
  select book_id, title, author, category, coalesce(sold.copies, 0) as copies, stock, stock * price_minor as tied_up_minor, created_at
  from (select * from ${BOOKS} and b.stock > 0) books left join sold using (book_id)
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
  statement: statement(`with sold as (${SOLD})
select book_id, title, author, category, sold.copies, stock,
  (greatest(stock, 0)::bigint * ({to} - {from} + 1)) / sold.copies as days_left
from (select * from ${BOOKS} and b.status = 'active') books join sold using (book_id)
where sold.copies > 0 order by days_left, sold.copies desc, book_id limit 200`),
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
