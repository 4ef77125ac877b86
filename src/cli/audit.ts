/** `cloudshelf audit`: who did what, when. */
import { Command, InvalidArgumentError } from 'commander'
import { type AuditEntry, auditOfDay, auditTrail } from '../core/audit.ts'
import { dayOf } from '../core/ids.ts'
import { withDeps } from './open.ts'
import { print, printJson } from './output.ts'

const day = (typed: string): string => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(typed) || Number.isNaN(Date.parse(typed)))
    throw new InvalidArgumentError('It is no day such as 2025-09-05.')
  return typed
}

const values = (item: object | undefined): string => (item === undefined ? '' : JSON.stringify(item))

const line = ({ at, actor, what, subject, before, after, fields }: AuditEntry): string => {
  const change = before || after ? `  ${values(before)} -> ${values(after)}` : ''
  const named = fields && fields.length > 0 ? `  (${fields.join(', ')})` : ''
  return `${at}  ${actor}  ${what}  ${subject}${change}${named}`
}

type Options = { readonly day?: string; readonly subject?: string; readonly json?: boolean }

const list = ({ day: wanted, subject, json }: Options): Promise<void> =>
  withDeps(async ({ db, names, now }) => {
    const entries =
      subject === undefined
        ? auditOfDay(db, names.control, wanted ?? dayOf(now()))
        : auditTrail(db, names.control, subject)
    const found: AuditEntry[] = []
    for await (const entry of entries)
      if (wanted === undefined || entry.at.startsWith(wanted)) found.push(entry)
    if (json) return printJson({ items: found })
    for (const entry of found) print(line(entry))
    print(`${found.length} entries`)
  })

const HELP = `
Examples:
  $ cloudshelf audit list
  $ cloudshelf audit list --day 2025-09-05
  $ cloudshelf audit list --subject book:tech-001
  $ cloudshelf audit list --subject order:order-2025-09-05-xyz123`

export const auditCommand = (): Command => {
  const audit = new Command('audit').description('who did what, when').addHelpText('after', HELP)
  audit
    .command('list')
    .description('what was done today, on a day, or to one thing')
    .option('--day <day>', 'a day, UTC', day)
    .option('--subject <subject>', 'one thing: book:<id>, order:<id>, account:<id>')
    .option('--json', 'as JSON')
    .action(list)
  return audit
}
