#!/usr/bin/env node
/** `cloudshelf`: the commands of the shop's people. */
import { Command } from 'commander'
import manifest from '../../package.json' with { type: 'json' }
import { auditCommand } from './audit.ts'
import { costCommand } from './cost.ts'
import { coversCommand } from './covers.ts'
import { doctorCommand } from './doctor.ts'
import { erasuresCommand } from './erasures.ts'
import { exportCommand } from './export.ts'
import { importCommand } from './import.ts'
import { ordersCommand } from './orders.ts'
import { outboxCommand } from './outbox.ts'
import { fail, usageError } from './output.ts'
import { proveCommand } from './prove.ts'
import { seedCommand } from './seed.ts'
import { adminCommand, staffCommand } from './staff.ts'
import { tablesCommand } from './tables.ts'

const HELP = `
Works on the data folder (CLOUDSHELF_DATA_DIR, .cloudshelf otherwise), through the running shop's engine or one of its own;
with DYNAMODB_ENDPOINT=<url> or =aws on the tables there. Every command has --help.
Exit codes: 0 done, 1 failed or a difference found, 2 wrong usage.

Examples:
  $ cloudshelf import books.csv --dry-run
  $ cloudshelf export books.csv
  $ cloudshelf orders list
  $ cloudshelf doctor`

/** Every command, its own subcommands too. */
const allOf = (command: Command): Command[] => [command, ...command.commands.flatMap(allOf)]

const program = new Command('cloudshelf')
  .description("an online bookshop's tables, books and orders from the command line")
  .version(manifest.version)
  .addHelpText('after', HELP)
  .addCommand(tablesCommand())
  .addCommand(seedCommand())
  .addCommand(importCommand())
  .addCommand(exportCommand())
  .addCommand(coversCommand())
  .addCommand(doctorCommand())
  .addCommand(ordersCommand())
  .addCommand(outboxCommand())
  .addCommand(adminCommand())
  .addCommand(staffCommand())
  .addCommand(auditCommand())
  .addCommand(erasuresCommand())
  .addCommand(costCommand())
  .addCommand(proveCommand())

for (const command of allOf(program))
  command
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(usageError(text)) })
    .helpCommand(false)

// Whoever reads us has seen enough, as `head` does.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit()
  throw error
})
process.on('unhandledRejection', error => {
  fail(error)
  process.exit()
})

try {
  await program.parseAsync()
} catch (error) {
  fail(error)
}
