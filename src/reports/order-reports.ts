/** Reports of orders, customers and carts. An order counts by the day on which it was placed, in the shop's time zone. */
import { count, dayColumn, MAX_ROWS, money, percent, type Report, textColumn } from './report.ts'
import { inPeriod, PERIODS, statement, unitOf } from './statement.ts'

const ORDERS = `report.orders o where ${inPeriod('o.ordered_at')} and o.currency = {currency}`

const revenue: Report = {
  title: 'Revenue',
  summary:
    'Totals of the orders with taxes and shipping. Canceled orders and refunds are separate columns; canceled orders are not in the revenue.',
  unit: 'month',
  columns: [
    dayColumn('period', 'From'),
    count('orders', 'Orders'),
    money('revenue_minor', 'Revenue'),
    money('tax_minor', 'of which tax'),
    money('shipping_minor', 'of which shipping'),
    count('cancelled_orders', 'Canceled orders'),
    money('cancelled_minor', 'Canceled'),
    money('refunded_minor', 'Refunded'),
  ],
  chart: { kind: 'time', label: 'period', values: ['revenue_minor'] },
  statement: statement(`with orders as (select * from ${ORDERS}), periods as (${PERIODS})
select period::text, count(order_key) filter (where status <> 'cancelled') as orders,
  coalesce(sum(revenue_minor), 0)::bigint as revenue_minor,
  coalesce(sum(tax_minor) filter (where status <> 'cancelled'), 0)::bigint as tax_minor,
  coalesce(sum(shipping_minor) filter (where status <> 'cancelled'), 0)::bigint as shipping_minor,
  count(order_key) filter (where status = 'cancelled') as cancelled_orders,
  coalesce(sum(cancelled_minor), 0)::bigint as cancelled_minor, coalesce(sum(refunded_minor), 0)::bigint as refunded_minor
from periods left join orders on ${unitOf('orders.ordered_at')} = period
group by period order by period`),
}

const tax: Report = {
  title: 'Tax by country',
  summary:
    'Tax of the orders by the country that they are shipped to, exact to the minor unit, without canceled orders. Net is the total without tax.',
  unit: 'month',
  columns: [
    dayColumn('period', 'From'),
    textColumn('country', 'Country'),
    count('orders', 'Orders'),
    money('net_minor', 'Net'),
    money('tax_minor', 'Tax'),
    money('total_minor', 'Total'),
  ],
  chart: { kind: 'totals', label: 'country', values: ['tax_minor'] },
  statement: statement(`select ${unitOf('o.ordered_at')}::text as period, country, count(*) as orders,
  sum(total_minor - coalesce(tax_minor, 0))::bigint as net_minor, sum(coalesce(tax_minor, 0))::bigint as tax_minor,
  sum(total_minor)::bigint as total_minor
from ${ORDERS} and o.status <> 'cancelled'
group by 1, 2 order by 1, tax_minor desc, country limit ${MAX_ROWS}`),
}

/** Customers with the time of their first order ever. Canceled orders do not count. All are read: that is faster than to look for each. */
const CUSTOMERS = `select customer, min(ordered_at) as first_at from report.orders where status <> 'cancelled' group by customer`

const customers: Report = {
  title: 'Customers',
  summary:
    'Customers who ordered for the first time, and those who had ordered in an earlier day, week, or month. A guest is recognized by the email address of the order. The repeat rate is the share of returning customers.',
  unit: 'month',
  columns: [
    dayColumn('period', 'From'),
    count('customers', 'Customers'),
    count('new_customers', 'New'),
    count('returning_customers', 'Returning'),
    percent('repeat_percent', 'Repeat rate'),
    count('orders', 'Orders'),
  ],
  chart: { kind: 'time', label: 'period', values: ['new_customers', 'returning_customers'] },
  statement: statement(`with customers as (${CUSTOMERS}), periods as (${PERIODS}),
active as (
  select ${unitOf('ordered_at')} as period, customer, count(*) as orders
  from report.orders where ${inPeriod('ordered_at')} and status <> 'cancelled' group by 1, 2
), counted as (
  select period, count(*) as customers, sum(orders)::bigint as orders,
    count(*) filter (where ${unitOf('first_at')} < period) as returning_customers
  from active join customers using (customer) group by period
)
select period::text, coalesce(customers, 0) as customers, coalesce(customers - returning_customers, 0) as new_customers,
  coalesce(returning_customers, 0) as returning_customers,
  coalesce(round(100.0 * returning_customers / customers, 1), 0)::float8 as repeat_percent, coalesce(orders, 0) as orders
from periods left join counted using (period) order by period`),
}

const cohorts: Report = {
  title: 'Cohorts',
  summary:
    'Customers by the month of their first order, and how many of them ordered again in each month after it, up to twelve months later.',
  columns: [
    dayColumn('cohort', 'First order in'),
    count('months', 'Months later'),
    count('customers', 'Customers'),
    count('active', 'Ordered'),
    percent('active_percent', 'Share'),
  ],
  chart: { kind: 'time', label: 'cohort', values: ['customers'], onlyZero: 'months' },
  statement:
    statement(`with customers as (select *, date_trunc('month', first_at at time zone {zone}) as cohort
  from (${CUSTOMERS}) c where ${inPeriod('first_at')}),
sizes as (select cohort, count(*) as customers from customers group by cohort),
active as (
  select distinct c.cohort, c.customer, date_trunc('month', o.ordered_at at time zone {zone}) as month
  from customers c join report.orders o using (customer)
  where o.status <> 'cancelled' and o.ordered_at >= {from}::timestamp at time zone {zone}
), months as (
  select cohort, (extract(year from age(month, cohort)) * 12 + extract(month from age(month, cohort)))::int as months, count(*) as active
  from active group by 1, 2
)
select cohort::date::text as cohort, months, customers, active, round(100.0 * active / customers, 1)::float8 as active_percent
from months join sizes using (cohort) where months <= 12 order by cohort, months limit ${MAX_ROWS}`),
}

const carts: Report = {
  title: 'Carts by outcome',
  summary:
    'Carts that were begun in the period: still open, bought, abandoned (expired), or emptied. A cart that was filled and emptied within moments is not counted.',
  columns: [
    textColumn('outcome', 'Outcome'),
    count('carts', 'Carts'),
    count('copies', 'Copies'),
    money('value_minor', 'Value'),
  ],
  chart: { kind: 'ranking', label: 'outcome', values: ['carts'] },
  statement:
    statement(`select outcome, count(*) as carts, sum(copies)::bigint as copies, sum(total_minor)::bigint as value_minor
from report.carts where ${inPeriod('created_at')} and currency = {currency}
group by outcome order by carts desc, outcome`),
}

export const ORDER_REPORTS = { revenue, tax, customers, cohorts, carts } as const satisfies Record<
  string,
  Report
>
