/** `cloudshelf pg query`: one statement as the role for BI tools, as a table, CSV or JSON. */
import { csvLine } from '../../core/csv.ts'
import { readTable, type SqlTable } from '../../core/sql/pg.ts'
import { readerUrl } from '../../core/sql/reader-role.ts'
import { SqlError } from '../../core/sql/sql.ts'
import { CommandError } from '../errors.ts'
import { counted, note, print, printJson } from '../output.ts'
import { withPostgres } from './with-postgres.ts'

export type QueryOptions = { readonly csv?: boolean; readonly json?: boolean }

const textOf = (value: unknown): string => (value === null ? '' : String(value))

const printTable = ({ columns, rows }: SqlTable): void => {
  const cells = [columns, ...rows.map(row => row.map(value => textOf(value).replace(/\s+/g, ' ')))]
  const widths = columns.map((_, i) => Math.max(...cells.map(row => (row[i] ?? '').length)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd()
  const [head = [], ...body] = cells
  print(line(head))
  print(widths.map(width => '─'.repeat(width)).join('  '))
  for (const row of body) print(line(row))
  note(counted(rows.length, 'row'))
}

const SIGN_IN_REFUSED = new Set(['28P01', '28000', '3D000'])
const FORBIDDEN = '42501'

/** What to do where the server refuses the role, and not the statement. */
const explain = (error: unknown): unknown => {
  if (!(error instanceof SqlError) || error.kind !== 'refused') return error
  if (SIGN_IN_REFUSED.has(error.state ?? ''))
    return new CommandError(
      `PostgreSQL refuses the role for BI tools (${error.message}): start the shop once, which creates it; docs/phase-2.md says what to do on a server of your own`,
    )
  const hint = error.state === FORBIDDEN ? '; the role for BI tools reads the schema report alone' : ''
  return new CommandError(`PostgreSQL: ${error.message}${hint}`)
}

export const runQuery = (statement: string, { csv, json }: QueryOptions): Promise<void> =>
  withPostgres(async ({ url, readerPassword }) => {
    const as = json ? 'values' : 'text'
    const table = await readTable({ url: readerUrl(url, readerPassword) }, statement, as).catch(
      (error: unknown) => {
        throw explain(error)
      },
    )
    const { columns, rows } = table
    if (json) return printJson(rows.map(row => Object.fromEntries(columns.map((name, i) => [name, row[i]]))))
    if (!csv) return printTable(table)
    print([columns, ...rows.map(row => row.map(textOf))].map(csvLine).join('').slice(0, -1))
  })
