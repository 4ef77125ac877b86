/** Reports of what was sold. Lines of an order count by the day on which it was placed, in the shop's time zone. */
import { count, dayColumn, MAX_ROWS, money, percent, type Report, textColumn } from './report.ts'
import { inPeriod, PERIODS, statement, unitOf } from './statement.ts'

/** A book is filed where it is now; one that is gone for good, where it was when it was ordered. */
const CATEGORY = 'coalesce(b.category, l.category_when_ordered)'

const IN_PERIOD = `${inPeriod('l.ordered_at')} and l.currency = {currency}`
const IN_CATEGORY = `({category} is null or ${CATEGORY} = {category})`

/** The lines of the period, cancelled ones included. The books are only read for a category. */
const LINES = `select l.* from report.order_lines l
    left join report.books b on {category} is not null and b.book_id = l.book_id
  where ${IN_PERIOD} and ${IN_CATEGORY}`

const SUMS = `coalesce(sum(quantity) filter (where not is_cancelled), 0)::bigint as copies,
  coalesce(sum(amount_minor) filter (where not is_cancelled), 0)::bigint as sales_minor,
  coalesce(sum(amount_minor) filter (where is_cancelled), 0)::bigint as cancelled_minor`

/** Sums over orders whose lines were summed before, so that an order counts once. */
const ORDER_SUMS = `count(*) filter (where not is_cancelled) as orders,
  ${SUMS}`

const byOrder = (key: string): string => `select order_key, ${key}, is_cancelled, sum(quantity) as quantity,
    sum(amount_minor) as amount_minor
  from lines group by 1, 2, 3`

const SUM_COLUMNS = [
  count('orders', 'Orders'),
  count('copies', 'Copies'),
  money('sales_minor', 'Sales'),
  money('cancelled_minor', 'Canceled'),
]

const BY_BOOK = `select book_id, count(*) filter (where not is_cancelled and not is_repeat) as orders,
  ${SUMS}
  from (${LINES}) lines group by book_id`

/** Books with their names, which are looked up for these few alone: of a book that is gone for good, the title that it was sold under. */
const withNames = (top: string): string => `select coalesce(b.title, l.title) as title, b.author, top.*
from (${top}) top
left join lateral (select title, author from report.books where book_id = top.book_id) b on true
left join lateral (select max(title) as title from report.order_lines where book_id = top.book_id and b.title is null) l on true`

const BOOK_COLUMNS = [
  textColumn('title', 'Title'),
  textColumn('author', 'Author'),
  textColumn('book_id', 'Book ID'),
]

const sales: Report = {
  title: 'Sales by period',
  summary:
    'Prices of the books that were ordered, by day, week, or month. Taxes and shipping are in the revenue report.',
  unit: 'day',
  columns: [dayColumn('period', 'From'), ...SUM_COLUMNS],
  chart: { kind: 'time', label: 'period', values: ['sales_minor'] },
  statement: statement(`with periods as (${PERIODS}), lines as (
  ${LINES}
), orders as (
  ${byOrder('ordered_at')}
), counted as (
  select ${unitOf('ordered_at')} as period, ${ORDER_SUMS}
  from orders group by 1
)
select period::text, coalesce(orders, 0) as orders, coalesce(copies, 0) as copies, coalesce(sales_minor, 0) as sales_minor,
  coalesce(cancelled_minor, 0) as cancelled_minor
from periods left join counted using (period) order by period`),
}

const salesByCategory: Report = {
  title: 'Sales by category',
  summary: 'Sales by the category in which a book is now. A book that moved takes its earlier sales with it.',
  columns: [textColumn('category', 'Category'), ...SUM_COLUMNS],
  chart: { kind: 'ranking', label: 'category', values: ['sales_minor'] },
  statement: statement(`with lines as (
  select l.*, ${CATEGORY} as category
  from report.order_lines l left join report.books b using (book_id)
  where ${IN_PERIOD} and ${IN_CATEGORY}
), orders as (
  ${byOrder('category')}
)
select category, ${ORDER_SUMS}
from orders group by category order by sales_minor desc, category limit ${MAX_ROWS}`),
}

const salesByAuthor: Report = {
  title: 'Sales by author',
  summary: 'A book by several authors counts for each of them, so the column adds up to more than the sales.',
  columns: [textColumn('author', 'Author'), ...SUM_COLUMNS],
  chart: { kind: 'ranking', label: 'author', values: ['sales_minor'] },
  statement: statement(`with lines as (
  select lines.*, coalesce(a.name, (select b.author from report.books b where b.book_id = lines.book_id)) as author
  from (${LINES}) lines left join report.book_authors a using (book_id)
), orders as (
  ${byOrder('author')}
)
select author, ${ORDER_SUMS}
from orders group by author order by sales_minor desc, author limit ${MAX_ROWS}`),
}

const salesByBook: Report = {
  title: 'Sales by book',
  summary: 'The books with the highest sales. A book keeps its identity when it moves to another category.',
  columns: [...BOOK_COLUMNS, ...SUM_COLUMNS],
  chart: { kind: 'ranking', label: 'title', values: ['sales_minor'] },
  statement: statement(`${withNames(`${BY_BOOK}
  order by sales_minor desc, book_id limit ${MAX_ROWS}`)}
order by sales_minor desc, book_id`),
}

const bestSellers: Report = {
  title: 'Best sellers',
  summary: 'The hundred books with the most copies sold.',
  columns: [count('rank', 'Rank'), ...BOOK_COLUMNS, ...SUM_COLUMNS],
  chart: { kind: 'ranking', label: 'title', values: ['copies'] },
  statement:
    statement(`${withNames(`select rank() over (order by copies desc) as rank, books.* from (${BY_BOOK}) books
  where copies > 0 order by copies desc, book_id limit 100`)}
order by copies desc, book_id`),
}

const boughtTogether: Report = {
  title: 'Bought together',
  summary:
    'Pairs of books that are in at least two orders. The percentage is the share of the orders with the first book that have the second one too.',
  columns: [
    textColumn('first_title', 'First book'),
    textColumn('second_title', 'Second book'),
    textColumn('first_id', 'First book ID'),
    textColumn('second_id', 'Second book ID'),
    count('orders', 'Orders with both'),
    percent('share_percent', 'Share'),
  ],
  chart: { kind: 'ranking', label: 'first_title', values: ['orders'] },
  statement: statement(`with lines as materialized (
  select l.order_key, l.book_id, ${IN_CATEGORY} as is_chosen
  from report.order_lines l left join report.books b on {category} is not null and b.book_id = l.book_id
  where ${IN_PERIOD} and not l.is_cancelled and not l.is_repeat
), single as (select book_id, count(*) as orders from lines group by book_id),
pairs as (
  select a.book_id as first_id, z.book_id as second_id, count(*) as orders
  from lines a join lines z on z.order_key = a.order_key and z.book_id <> a.book_id and ({category} is not null or a.book_id < z.book_id)
  where a.is_chosen
  group by 1, 2 having count(*) >= 2
  order by orders desc, first_id, second_id limit 100
)
select coalesce(f.title, first_id) as first_title, coalesce(s.title, second_id) as second_title, first_id, second_id, pairs.orders,
  round(100.0 * pairs.orders / single.orders, 1)::float8 as share_percent
from pairs join single on single.book_id = first_id
left join lateral (select title from report.books where book_id = first_id) f on true
left join lateral (select title from report.books where book_id = second_id) s on true
order by pairs.orders desc, first_id, second_id`),
}

export const SALES_REPORTS = {
  sales,
  'sales-by-category': salesByCategory,
  'sales-by-author': salesByAuthor,
  'sales-by-book': salesByBook,
  'best-sellers': bestSellers,
  'bought-together': boughtTogether,
} as const satisfies Record<string, Report>
