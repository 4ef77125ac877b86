/** `cloudshelf pg`: PostgreSQL beside DynamoDB. */
import { Command } from 'commander'
import { readerUrl } from '../core/sql/reader-role.ts'
import { print, printJson } from './output.ts'
import { dropPostgres } from './pg/drop.ts'
import { runQuery } from './pg/query.ts'
import { showStatus } from './pg/status.ts'
import { withPostgres } from './pg/with-postgres.ts'

const showUrl = ({ json }: { readonly json?: boolean }): Promise<void> =>
  withPostgres(async ({ url, readerPassword }) => {
    const reader = readerUrl(url, readerPassword)
    if (json) return printJson({ url: reader })
    print(reader)
  })

const QUERY_HELP = `
The statement runs as the role cloudshelf_reader, which reads the views of the
schema report and cannot write. It ends after 30 seconds.

Example:
  $ cloudshelf pg query "select * from books limit 5" --csv`

const URL_HELP = `
The URL contains a password. With it psql and BI tools read the schema report
while the shop is running.

Example:
  $ psql "$(cloudshelf pg url)" -c '\\dv report.*'`

/** The subcommands, in the order of the help. */
const SUBCOMMANDS: readonly Command[] = [
  new Command('status')
    .description('Show where the database is, and how it stands')
    .option('--json', 'Print JSON')
    .action(showStatus),
  new Command('query')
    .description('Run one SQL statement on the reports')
    .argument('<statement>', 'SQL, in quotes')
    .option('--csv', 'Print CSV')
    .option('--json', 'Print JSON')
    .addHelpText('after', QUERY_HELP)
    .action(runQuery),
  new Command('url')
    .description('Print the URL for psql and BI tools')
    .option('--json', 'Print JSON')
    .addHelpText('after', URL_HELP)
    .action(showUrl),
  new Command('drop')
    .description('Remove what the shop has in PostgreSQL; it is a copy of the tables')
    .option('--yes', 'Do not ask')
    .option('--json', 'Print JSON')
    .action(dropPostgres),
]

const HELP = `
DATABASE_URL says which database: embedded, or postgres://… (docs/phase-2.md).`

export const pgCommand = (): Command => {
  const pg = new Command('pg').description('PostgreSQL beside DynamoDB, for reports and BI tools')
  for (const command of SUBCOMMANDS) pg.addCommand(command)
  return pg.addHelpText('after', HELP)
}
