/** The commands of `cloudshelf`, with their options and help. */
import { Command } from 'commander'
import manifest from '../../package.json' with { type: 'json' }
import { completeRegion } from '../composition/settings.ts'
import { auditCommand } from './audit.ts'
import { backupCommand } from './backup.ts'
import { categoriesCommand } from './categories.ts'
import { costCommand } from './cost.ts'
import { coversCommand } from './covers.ts'
import { doctorCommand } from './doctor.ts'
import { erasuresCommand } from './erasures.ts'
import { reportError, usageError } from './errors.ts'
import { exportCommand } from './export.ts'
import { importCommand } from './import.ts'
import { moveCommand } from './move.ts'
import { ordersCommand } from './orders.ts'
import { outboxCommand } from './outbox.ts'
import { paymentsCommand } from './payments.ts'
import { pgCommand } from './pg.ts'
import { proveCommand } from './prove.ts'
import { restoreCommand, resumeCommand } from './restore.ts'
import { seedCommand } from './seed.ts'
import { adminCommand, staffCommand } from './staff.ts'
import { tablesCommand } from './tables.ts'

const HELP = `
Commands work on the data folder, whether or not the shop is running. With
DYNAMODB_ENDPOINT=aws, or a URL, they work on the tables there instead.
docs/settings.md lists all settings.

Exit codes: 0 success, 1 failure or a problem found, 2 wrong usage

Examples:
  $ cloudshelf import books.csv --dry-run
  $ cloudshelf orders list
  $ cloudshelf admin create --email you@example.com
  $ cloudshelf doctor

Use "cloudshelf <command> --help" for more about a command.`

const GROUPS: Readonly<Record<string, readonly Command[]>> = {
  'Books:': [seedCommand(), importCommand(), exportCommand(), coversCommand(), categoriesCommand()],
  'Orders, payments and email:': [ordersCommand(), paymentsCommand(), outboxCommand()],
  'Staff and accounts:': [adminCommand(), staffCommand(), auditCommand(), erasuresCommand()],
  'Backups:': [backupCommand(), restoreCommand(), resumeCommand()],
  'Operations:': [
    doctorCommand(),
    tablesCommand(),
    moveCommand(),
    pgCommand(),
    costCommand(),
    proveCommand(),
  ],
}

export const program: Command = new Command('cloudshelf')
  .description('Run a CloudShelf bookshop from the command line')
  .version(manifest.version, '-V, --version', 'Show the version')
  .addHelpText('after', HELP)
for (const [heading, commands] of Object.entries(GROUPS))
  for (const command of commands) program.addCommand(command.helpGroup(heading))

const withSubcommands = (command: Command): Command[] => [
  command,
  ...command.commands.flatMap(withSubcommands),
]
for (const command of withSubcommands(program)) {
  command
    .exitOverride()
    .configureOutput({ outputError: (message, write) => write(usageError(command, message)) })
    .helpCommand(false)
  // `prove` passes --help on.
  if (command.name() !== 'prove') command.helpOption('-h, --help', 'Show help')
  if (command.commands.length > 0) command.usage('<command> [options]')
}

/** Runs the command of these arguments; without any, prints the help. Reports what fails, and sets the exit code of the process. */
export const runCommandLine = async (args: readonly string[]): Promise<void> => {
  try {
    await completeRegion(async () => (await import('../core/aws/profile.ts')).findProfileRegion())
    if (args.length > 0) await program.parseAsync(args, { from: 'user' })
    else program.outputHelp()
  } catch (error) {
    reportError(error)
  }
}
