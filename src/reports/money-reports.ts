/** Reports of the money that came and went, by the time at which it did, in the shop's time zone; and of what is due now. */
import { count, dayColumn, MAX_ROWS, money, type Report, textColumn } from './report.ts'
import { inPeriod, statement, unitOf } from './statement.ts'

const moneyByMethod: Report = {
  title: 'Money by method',
  summary:
    'Money that came and was given back, by when it did and how: a provider, or cash, terminal or transfer where staff recorded it. Net is what came without what went. Disputes are not in it.',
  unit: 'day',
  columns: [
    dayColumn('period', 'From'),
    textColumn('method', 'Method'),
    money('captured_minor', 'Came'),
    money('refunded_minor', 'Given back'),
    money('net_minor', 'Net'),
  ],
  chart: { kind: 'totals', label: 'method', values: ['captured_minor'] },
  statement: statement(`select ${unitOf('at')}::text as period, method,
  coalesce(sum(amount_minor) filter (where direction = 'captured'), 0)::bigint as captured_minor,
  (0 - coalesce(sum(amount_minor) filter (where direction = 'refunded'), 0))::bigint as refunded_minor,
  sum(amount_minor)::bigint as net_minor
from report.money where ${inPeriod('at')} and currency = {currency}
group by 1, 2 order by 1, 2 limit ${MAX_ROWS}`),
}

/** Whether the day of a payment has passed. */
const IS_OVERDUE = `due_on < (now() at time zone {zone})::date`

const moneyDue: Report = {
  title: 'Money due',
  summary:
    'What is still to be paid now, by method, and how much of it is overdue. What is paid when it is collected has no day, and is never overdue.',
  columns: [
    textColumn('method', 'Method'),
    count('payments', 'Payments'),
    money('due_minor', 'Due'),
    count('overdue', 'Overdue payments'),
    money('overdue_minor', 'of which overdue'),
  ],
  chart: { kind: 'ranking', label: 'method', values: ['due_minor'] },
  statement: statement(`select method, count(*) as payments, sum(due_minor)::bigint as due_minor,
  count(*) filter (where ${IS_OVERDUE}) as overdue,
  coalesce(sum(due_minor) filter (where ${IS_OVERDUE}), 0)::bigint as overdue_minor
from report.payments where due_minor > 0 and currency = {currency}
group by method order by due_minor desc, method`),
}

export const MONEY_REPORTS = { money: moneyByMethod, 'money-due': moneyDue } as const satisfies Record<
  string,
  Report
>
