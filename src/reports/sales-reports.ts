/** Reports of what was sold. Lines of an order count by the day on which it was placed, in the shop's time zone. */
import { count, dayColumn, MAX_ROWS, money, percent, type Report, textColumn } from './report.ts'
import { inPeriod, PERIODS, statement, unitOf } from './statement.ts'

/** A book is filed where it is now; one that is gone for good, where it was when it was ordered. */
const CATEGORY = 'coalesce(b.category, l.category_when_ordered)'

/** The lines of the period with their books, cancelled ones included. */
const LINES = `select l.order_key, l.ordered_at, l.book_id, ${CATEGORY} as category, coalesce(b.title, l.title) as title, b.author,
    l.quantity, l.amount_minor, l.is_cancelled
  from report.order_lines l join report.orders o using (order_key) left join report.books b using (book_id)
  where ${inPeriod('l.ordered_at')} and o.currency = {currency} and ({category} is null or ${CATEGORY} = {category})`

const SUMS = `count(distinct order_key) filter (where not is_cancelled) as orders,
  coalesce(sum(quantity) filter (where not is_cancelled), 0)::bigint as copies,
  coalesce(sum(amount_minor) filter (where not is_cancelled), 0)::bigint as sales_minor,
  coalesce(sum(amount_minor) filter (where is_cancelled), 0)::bigint as cancelled_minor`

const SUM_COLUMNS = [
  count('orders', 'Orders'),
  count('copies', 'Copies'),
  money('sales_minor', 'Sales'),
  money('cancelled_minor', 'Canceled'),
]

const BY_BOOK = `select book_id, max(title) as title, max(author) as author, ${SUMS}
  from (${LINES}) lines group by book_id`

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
  statement: statement(`with lines as (${LINES}), periods as (${PERIODS})
select period::text, ${SUMS}
from periods left join lines on ${unitOf('lines.ordered_at')} = period
group by period order by period`),
}

const salesByCategory: Report = {
  title: 'Sales by category',
  summary: 'Sales by the category in which a book is now. A book that moved takes its earlier sales with it.',
  columns: [textColumn('category', 'Category'), ...SUM_COLUMNS],
  chart: { kind: 'ranking', label: 'category', values: ['sales_minor'] },
  statement: statement(`select category, ${SUMS} from (${LINES}) lines
group by category order by sales_minor desc, category limit ${MAX_ROWS}`),
}

const salesByAuthor: Report = {
  title: 'Sales by author',
  summary: 'A book by several authors counts for each of them, so the column adds up to more than the sales.',
  columns: [textColumn('author', 'Author'), ...SUM_COLUMNS],
  chart: { kind: 'ranking', label: 'author', values: ['sales_minor'] },
  statement: statement(`with lines as (${LINES})
select coalesce(a.name, lines.author) as author, ${SUMS}
from lines left join report.book_authors a using (book_id)
group by 1 order by sales_minor desc, author limit ${MAX_ROWS}`),
}

const salesByBook: Report = {
  title: 'Sales by book',
  summary: 'The books with the highest sales. A book keeps its identity when it moves to another category.',
  columns: [...BOOK_COLUMNS, ...SUM_COLUMNS],
  chart: { kind: 'ranking', label: 'title', values: ['sales_minor'] },
  statement: statement(`${BY_BOOK}
order by sales_minor desc, book_id limit ${MAX_ROWS}`),
}

const bestSellers: Report = {
  title: 'Best sellers',
  summary: 'The hundred books with the most copies sold.',
  columns: [count('rank', 'Rank'), ...BOOK_COLUMNS, ...SUM_COLUMNS],
  chart: { kind: 'ranking', label: 'title', values: ['copies'] },
  statement: statement(`select rank() over (order by copies desc) as rank, books.* from (${BY_BOOK}) books
where copies > 0 order by copies desc, book_id limit 100`),
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
  statement: statement(`with lines as (
  select distinct l.order_key, l.book_id, ${CATEGORY} as category
  from report.order_lines l join report.orders o using (order_key) left join report.books b using (book_id)
  where ${inPeriod('l.ordered_at')} and not l.is_cancelled and o.currency = {currency}
), single as (select book_id, count(*) as orders from lines group by book_id),
pairs as (
  select a.book_id as first_id, z.book_id as second_id, count(*) as orders
  from lines a join lines z on z.order_key = a.order_key and z.book_id <> a.book_id
  where {category} is null or a.category = {category}
  group by 1, 2 having count(*) >= 2
)
select coalesce(f.title, first_id) as first_title, coalesce(s.title, second_id) as second_title, first_id, second_id, pairs.orders,
  round(100.0 * pairs.orders / single.orders, 1)::float8 as share_percent
from pairs join single on single.book_id = first_id
left join report.books f on f.book_id = first_id left join report.books s on s.book_id = second_id
where {category} is not null or first_id < second_id
order by pairs.orders desc, first_id, second_id limit 100`),
}

export const SALES_REPORTS = {
  sales,
  'sales-by-category': salesByCategory,
  'sales-by-author': salesByAuthor,
  'sales-by-book': salesByBook,
  'best-sellers': bestSellers,
  'bought-together': boughtTogether,
} as const satisfies Record<string, Report>
