/**
 * Schema of the projection: `shop` has a row for each item of the tables, `sync` says how far it is, and `report` has the views that
 * reports and other programs read, which outlive changes of the tables. No column has a name, an address, an email or a phone
 * number: persons are pseudonyms (pseudonyms.ts).
 */
import type { Migration } from '../core/sql/migrate.ts'
import { SEARCH_TABLES } from './search-schema.ts'
import { SHADOW_TABLE } from './shadow.ts'

/** Of every row: which item it is made of, and the checksum of that; null once the item is gone. */
const SOURCE = 'source_key bytea primary key, source_hash bytea, sealed_key text'

const TABLES = [
  'create schema if not exists shop',
  'create schema if not exists report',
  'create table sync.positions (source text primary key, position text not null, at timestamptz not null default now())',
  `create table sync.parked (source_key bytea primary key, source_hash bytea not null, sealed_key text not null, tbl text not null,
    name text not null, why text not null, at timestamptz not null default now())`,
  `create table sync.runs (id bigint generated always as identity primary key, kind text not null, started timestamptz not null,
    ended timestamptz not null, counted jsonb not null, missing int not null, differ int not null, extra int not null, parked int not null)`,
  'create unlogged table sync.seen (run text, source_key bytea, primary key (run, source_key))',
  `create table shop.books (${SOURCE}, category text not null, book_id text not null, title text not null, author text not null,
    isbn text, price_minor bigint not null, currency text not null, stock int not null, status text not null, language text,
    published_year int, pages int, created_at timestamptz, updated_at timestamptz, gone_at timestamptz, unique (category, book_id))`,
  'create index on shop.books (book_id)',
  `create table shop.book_authors (source_key bytea references shop.books on delete cascade, place int, name text not null,
    primary key (source_key, place))`,
  `create table shop.book_prices (category text, book_id text, price_minor bigint not null, currency text not null, seen_at timestamptz,
    primary key (category, book_id, seen_at))`,
  `create table shop.orders (${SOURCE}, order_id text not null, owner bytea not null, customer bytea, is_account boolean not null,
    order_date date, ordered_at timestamptz, updated_at timestamptz, status text not null, currency text not null,
    subtotal_minor bigint, adjustments_minor bigint not null, tax_minor bigint, shipping_minor bigint, total_minor bigint not null,
    revenue_minor bigint not null, cancelled_minor bigint not null, refunded_minor bigint not null, country text)`,
  'create index on shop.orders (ordered_at)',
  'create index on shop.orders (owner, ordered_at)',
  'create index on shop.orders (customer, ordered_at)',
  `create table shop.order_lines (source_key bytea references shop.orders on delete cascade, line int, ordered_at timestamptz,
    book_id text not null, category text, title text not null, price_minor bigint not null, quantity int not null,
    amount_minor bigint not null, is_cancelled boolean not null, primary key (source_key, line))`,
  'create index on shop.order_lines (ordered_at)',
  'create index on shop.order_lines (book_id, ordered_at)',
  `create table shop.order_steps (source_key bytea references shop.orders on delete cascade, status text, seen_at timestamptz not null,
    primary key (source_key, status))`,
  `create table shop.carts (${SOURCE}, owner bytea, created_at timestamptz, updated_at timestamptz, expires_at timestamptz,
    lines int not null, copies int not null, total_minor bigint not null, currency text not null, gone_at timestamptz, outcome text)`,
  'create index on shop.carts (updated_at)',
  `create table shop.customers (${SOURCE}, customer bytea, account_status text not null, country text, since timestamptz)`,
  'create index on shop.customers (customer)',
]

/**
 * One row for each book id: a book that moved to another category is the same book. Of two books with one id, which only another
 * client can make, the one changed last.
 */
const BOOKS_VIEW = `create view report.books as
  select distinct on (book_id) book_id, category, title, author, isbn, price_minor, currency, stock, status, language,
    published_year, pages, created_at, updated_at, gone_at, source_key
  from shop.books order by book_id, gone_at desc nulls first, updated_at desc nulls last, category`

/** States are read, not events, so a cart that was filled and emptied between two reads is not counted. */
const CARTS_VIEW = `create view report.carts as
  select created_at, updated_at, expires_at, lines, copies, total_minor, currency, gone_at,
    case when gone_at is not null then outcome when now() >= expires_at then 'abandoned' else 'open' end as outcome
  from shop.carts`

const VIEWS = [
  BOOKS_VIEW,
  CARTS_VIEW,
  `create view report.book_authors as
    select book_id, place, name from shop.book_authors join report.books using (source_key)`,
  'create view report.book_prices as select category, book_id, price_minor, currency, seen_at from shop.book_prices',
  `create view report.orders as
    select source_key as order_key, owner, coalesce(customer, owner) as customer, is_account, order_date, ordered_at, updated_at,
      status, currency, subtotal_minor, adjustments_minor, tax_minor, shipping_minor, total_minor, revenue_minor, cancelled_minor,
      refunded_minor, country
    from shop.orders`,
  `create view report.order_lines as
    select source_key as order_key, line, ordered_at, book_id, category as category_when_ordered, title, price_minor, quantity,
      amount_minor, is_cancelled
    from shop.order_lines`,
  'create view report.order_steps as select source_key as order_key, status, seen_at from shop.order_steps',
  'create view report.customers as select customer, account_status, country, since from shop.customers',
  `create view report.freshness as
    select (position::jsonb ->> 'asOf')::timestamptz as as_of, at as checked_at from sync.positions where source = 'journal'`,
]

/** Reports look for the first order of a customer, and are cached until the position moves. */
const FOR_REPORTS = [
  `create index on shop.orders ((coalesce(customer, owner)), ordered_at) where status <> 'cancelled'`,
  `create or replace view report.freshness as
    select (position::jsonb ->> 'asOf')::timestamptz as as_of, at as checked_at, (position::jsonb -> 'reader')::text as position
    from sync.positions where source = 'journal'`,
]

/** Rows of a verification that was killed are deleted by the next one. */
const GENERATIONS = [
  "insert into sync.positions (source, position) values ('generation', gen_random_uuid()::text)",
  'drop table sync.seen',
  `create unlogged table sync.seen (run text, source_key bytea, at timestamptz not null default now(), primary key (run, source_key))`,
]

/** Words of fewer than three searches may be about a person, and are not shown. */
const SEARCHES = [
  `create table shop.search_days (${SOURCE}, day date not null)`,
  `create table shop.searches (source_key bytea references shop.search_days on delete cascade, day date not null, words text not null,
    times int not null, without_result int not null, primary key (source_key, words))`,
  'create index on shop.searches (day)',
  `create view report.searches as
    select day, words, sum(times)::bigint as times, sum(without_result)::bigint as without_result from shop.searches
    where words in (select words from shop.searches group by words having sum(times) >= 3) group by day, words`,
]

/**
 * Reports of sales read one index: without the orders, whose rows are in no order of time after a backfill. `is_repeat`: an earlier line of
 * the order has the same book, so that orders of a book are counted without comparing them. `buyer` is who is counted as one customer.
 */
const FAST_REPORTS = [
  'alter table shop.order_lines add column currency text, add column is_repeat boolean',
  'drop index if exists shop.order_lines_ordered_at_idx',
  `update shop.order_lines l set currency = o.currency, is_repeat = exists (select from shop.order_lines e
      where e.source_key = l.source_key and e.book_id = l.book_id and e.line < l.line)
    from shop.orders o where o.source_key = l.source_key`,
  'alter table shop.order_lines alter column currency set not null, alter column is_repeat set not null',
  `create index on shop.order_lines (ordered_at)
    include (source_key, book_id, category, quantity, amount_minor, currency, is_cancelled, is_repeat)`,
  `create or replace view report.order_lines as
    select source_key as order_key, line, ordered_at, book_id, category as category_when_ordered, title, price_minor, quantity,
      amount_minor, is_cancelled, currency, is_repeat
    from shop.order_lines`,
  'alter table shop.orders add column buyer bytea generated always as (coalesce(customer, owner)) stored',
  'drop index if exists shop.orders_coalesce_ordered_at_idx',
  'drop index if exists shop.orders_customer_ordered_at_idx',
  `create index on shop.orders (buyer, ordered_at) where status <> 'cancelled'`,
  `create index on shop.orders (ordered_at) include (buyer) where status <> 'cancelled'`,
  `create or replace view report.orders as
    select source_key as order_key, owner, buyer as customer, is_account, order_date, ordered_at, updated_at,
      status, currency, subtotal_minor, adjustments_minor, tax_minor, shipping_minor, total_minor, revenue_minor, cancelled_minor,
      refunded_minor, country
    from shop.orders`,
]

/**
 * Rows of payments are of four kinds in one table, as their items are in one partition of an order. Each kind has a view; what was
 * given back stands beside the revenue of its order, which keeps its day.
 */
const PAYMENTS = [
  `create table shop.payment_rows (${SOURCE}, kind text not null, order_id text not null, method text, currency text,
    amount_minor bigint not null, captured_minor bigint, refunded_minor bigint, reserved_minor bigint, disputed_minor bigint,
    tax_minor bigint, state text, due_on date, is_voided boolean, at timestamptz, updated_at timestamptz)`,
  `create unique index on shop.payment_rows (order_id) where kind = 'payment'`,
  `create index on shop.payment_rows (at) where kind = 'entry'`,
  'create index on shop.orders (order_id)',
  `create view report.payments as
    select o.source_key as order_key, p.method, p.currency, p.amount_minor, p.captured_minor, p.refunded_minor, p.reserved_minor,
      p.disputed_minor, case when p.is_voided then 0 else greatest(0, p.amount_minor - p.captured_minor) end as due_minor, p.due_on,
      p.at as created_at, p.updated_at
    from shop.payment_rows p left join shop.orders o on o.order_id = p.order_id where p.kind = 'payment'`,
  `create view report.money as
    select o.source_key as order_key, e.method, p.currency, e.state as direction, e.amount_minor, e.at
    from shop.payment_rows e join shop.payment_rows p on p.order_id = e.order_id and p.kind = 'payment'
    left join shop.orders o on o.order_id = e.order_id where e.kind = 'entry'`,
  `create view report.refunds as
    select o.source_key as order_key, p.method, p.currency, r.state, r.amount_minor, r.tax_minor, r.at as created_at, r.updated_at
    from shop.payment_rows r join shop.payment_rows p on p.order_id = r.order_id and p.kind = 'payment'
    left join shop.orders o on o.order_id = r.order_id where r.kind = 'refund'`,
  `create or replace view report.orders as
    select o.source_key as order_key, owner, buyer as customer, is_account, order_date, ordered_at, o.updated_at,
      status, o.currency, subtotal_minor, adjustments_minor, o.tax_minor, shipping_minor, total_minor, revenue_minor, cancelled_minor,
      coalesce(p.refunded_minor, o.refunded_minor) as refunded_minor, country
    from shop.orders o left join shop.payment_rows p on p.order_id = o.order_id and p.kind = 'payment'`,
]

/** From 1, without gaps; a migration that was released is never changed. */
export const MIGRATIONS: readonly Migration[] = [
  { number: 1, name: 'projection', statements: TABLES },
  { number: 2, name: 'views of reports', statements: VIEWS },
  { number: 3, name: 'customers and positions for reports', statements: FOR_REPORTS },
  { number: 4, name: 'generations', statements: GENERATIONS },
  { number: 5, name: 'search', statements: SEARCH_TABLES },
  { number: 6, name: 'search terms', statements: SEARCHES },
  { number: 7, name: 'indexes of reports', statements: FAST_REPORTS },
  { number: 8, name: 'shadow mode of search', statements: SHADOW_TABLE },
  { number: 9, name: 'payments', statements: PAYMENTS },
]
