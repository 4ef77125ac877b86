/** `cloudshelf audit`: the audit trail of staff, customers and commands. */
import { Command } from 'commander'
import { type AuditEntry, auditOfDay, auditTrail } from '../core/audit.ts'
import { dayOf } from '../core/ids.ts'
import { parseOrderNumber } from '../orders/number.ts'
import type { OrderTable } from '../orders/table.ts'
import { parseDay } from './option-values.ts'
import { counted, print, printJson } from './output.ts'
import { withDeps } from './with-deps.ts'

type ListOptions = { readonly day?: string; readonly subject?: string; readonly json?: boolean }

const valuesText = (values: object | undefined): string =>
  values === undefined ? '' : JSON.stringify(values)

const entryText = ({ at, actor, what, subject, before, after, fields, source }: AuditEntry): string => {
  const change = before || after ? `  ${valuesText(before)} -> ${valuesText(after)}` : ''
  const changedFields = fields && fields.length > 0 ? `  (${fields.join(', ')})` : ''
  const origin = source ? `  from ${valuesText(source)}` : ''
  return `${at}  ${actor}  ${what}  ${subject}${change}${changedFields}${origin}`
}

/** The subject, with the order id in the place of an order number. */
const toSubject = async (orders: OrderTable, subject: string): Promise<string> => {
  const number = subject.startsWith('order:') ? parseOrderNumber(subject.slice('order:'.length)) : undefined
  const orderId = number === undefined ? undefined : await orders.idOfNumber(number)
  return orderId === undefined ? subject : `order:${orderId}`
}

const list = ({ day, subject, json }: ListOptions): Promise<void> =>
  withDeps(async ({ db, names, now, orders }) => {
    const entries =
      subject === undefined
        ? auditOfDay(db, names.control, day ?? dayOf(now()))
        : auditTrail(db, names.control, await toSubject(orders, subject))
    const found: AuditEntry[] = []
    for await (const entry of entries) if (day === undefined || entry.at.startsWith(day)) found.push(entry)
    if (json) return printJson({ items: found })
    for (const entry of found) print(entryText(entry))
    print(counted(found.length, 'change'))
  })

const HELP = `
Examples:
  $ cloudshelf audit list
  $ cloudshelf audit list --day 2025-09-05
  $ cloudshelf audit list --subject book:tech-001
  $ cloudshelf audit list --subject order:7K3M2-QX8VD`

export const auditCommand = (): Command => {
  const audit = new Command('audit').description('Show who changed what').addHelpText('after', HELP)
  audit
    .command('list')
    .description('List the changes of today, of another day, or of one book, order or account')
    .option('--day <date>', 'Day in UTC, for example 2025-09-05', parseDay)
    .option('--subject <subject>', 'book:<id>, order:<number or id>, account:<id> or import:<id>')
    .option('--json', 'Print JSON')
    .addHelpText('after', HELP)
    .action(list)
  return audit
}
