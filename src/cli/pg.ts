/** `cloudshelf pg`: PostgreSQL beside DynamoDB. */
import { Command, InvalidArgumentError } from 'commander'
import { isSearchMode, SEARCH_MODES, type SearchMode } from '../catalog/search-mode.ts'
import { readerUrl } from '../core/sql/reader-role.ts'
import { print, printJson } from './output.ts'
import { runBackfill, runRebuild } from './pg/backfill.ts'
import { dropPostgres } from './pg/drop.ts'
import { runFollow } from './pg/follow.ts'
import { runQuery } from './pg/query.ts'
import { runRehearse } from './pg/rehearse.ts'
import { showStatus } from './pg/status.ts'
import { type UseOptions, useMemoryAgain, useSearch } from './pg/use.ts'
import { runVerify } from './pg/verify.ts'
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

const BACKFILL_HELP = `
A shop that runs with DATABASE_URL fills the database by itself. A backfill that
was cut off goes on where it was.`

const VERIFY_HELP = `
The shop may go on selling: an item counts as different when it stays so after
everything that was captured before is applied. Items that cannot be read are
left out, and named.`

const REHEARSE_HELP = `
The shop goes on running, and nothing of it changes. The database is made on the
server of DATABASE_URL.`

const parseKills = (text: string): number => {
  const kills = Number(text)
  if (Number.isInteger(kills) && kills >= 0 && kills <= 100) return kills
  throw new InvalidArgumentError('must be a whole number from 0 to 100')
}

const USE_HELP = `
With shadow, memory answers and PostgreSQL is compared with it (pg status). Both
shadow and postgres are refused unless the last verification is younger than 24
hours and found no difference, and PostgreSQL is less than 10 seconds behind.

Example:
  $ cloudshelf pg use search shadow`

const BACK_HELP = `
One write to the tables, which PostgreSQL need not be up for. Every process of
the shop follows it within two seconds.`

const parseUsed = (text: string): string => {
  if (text === 'search') return text
  throw new InvalidArgumentError('must be search')
}

const parseEngine = (text: string): SearchMode => {
  if (isSearchMode(text)) return text
  throw new InvalidArgumentError(`must be one of ${SEARCH_MODES.join(', ')}`)
}

/** The subcommands, in the order of the help. */
const SUBCOMMANDS: readonly Command[] = [
  new Command('status')
    .description('Show where the database is, and how it stands')
    .option('--json', 'Print JSON')
    .action(showStatus),
  new Command('backfill')
    .description('Fill the database, or wait until the running shop has filled it')
    .option('--json', 'Print JSON')
    .addHelpText('after', BACKFILL_HELP)
    .action(runBackfill),
  new Command('verify')
    .description('Compare every item of the tables with the database; exit code 1 if any differs')
    .option('--mend', 'Apply what differs again')
    .option('--json', 'Print JSON')
    .addHelpText('after', VERIFY_HELP)
    .action(runVerify),
  new Command('rehearse')
    .description('Fill, follow, kill and compare in a database of its own, and drop it')
    .option('--kills <n>', 'How often the follower is killed', parseKills, 6)
    .option('--json', 'Print JSON')
    .addHelpText('after', REHEARSE_HELP)
    .action(runRehearse),
  new Command('rebuild')
    .description('Empty the database and fill it again')
    .option('--yes', 'Do not ask')
    .option('--json', 'Print JSON')
    .action(runRebuild),
  new Command('use')
    .description('Say which engine answers searches: memory, shadow or postgres')
    .argument('<what>', 'search', parseUsed)
    .argument('<engine>', SEARCH_MODES.join(', '), parseEngine)
    .option('--json', 'Print JSON')
    .addHelpText('after', USE_HELP)
    .action((_what: string, engine: SearchMode, options: UseOptions) => useSearch(engine, options)),
  new Command('back')
    .description('Answer searches from memory again')
    .option('--json', 'Print JSON')
    .addHelpText('after', BACK_HELP)
    .action(useMemoryAgain),
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
  // For a rehearsal, which kills it.
  const follow = new Command('follow').requiredOption('--reader <name>').action(runFollow)
  pg.addCommand(follow, { hidden: true })
  return pg.addHelpText('after', HELP)
}
