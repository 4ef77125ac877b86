/** `cloudshelf outbox`: the mails that wait, those that were given up, and another try for these. */
import { Command } from 'commander'
import type { Deps } from '../composition/shop.ts'
import type { OutboxEntry } from '../notifications/schema.ts'
import { listEntries } from '../notifications/worker.ts'
import { withDeps } from './open.ts'
import { CommandError, print, printJson } from './output.ts'

type Json = { readonly json?: boolean }

const line = ({ id, state, tries, due_at, last_error }: OutboxEntry): string => {
  const when = state === 'DEAD' ? 'given up' : 'due'
  const why = last_error === undefined ? '' : `  ${last_error}`
  return `${state.padEnd(7)}  ${id}  ${when} ${due_at}, ${tries} tries${why}`
}

const list = ({ json }: Json): Promise<void> =>
  withDeps(async ({ outbox }) => {
    const [pending, dead] = await Promise.all([listEntries(outbox.pending()), listEntries(outbox.dead())])
    if (json) return printJson({ pending, dead })
    for (const entry of [...pending, ...dead]) print(line(entry))
    print(`${pending.length} mails wait, ${dead.length} were given up`)
  })

const requeueRows = async ({ outbox, now }: Deps, ids: readonly string[]): Promise<string[]> => {
  const revived: string[] = []
  for (const id of ids) if (await outbox.requeue(id, now())) revived.push(id)
  return revived
}

const retry = (ids: readonly string[], { allDead, json }: Json & { readonly allDead?: boolean }) =>
  withDeps(async deps => {
    const chosen = allDead ? (await listEntries(deps.outbox.dead())).map(({ id }) => id) : ids
    const revived = await requeueRows(deps, chosen)
    if (json) printJson({ revived })
    else print(`${revived.length} mails will be tried again`)
    const missing = allDead ? [] : ids.filter(id => !revived.includes(id))
    if (missing.length > 0)
      throw new CommandError(`there is no mail that was given up: ${missing.join(', ')}`)
  })

const HELP = `
A mail that could not be sent is tried eight times in about fifteen hours, then given up. The running shop sends what waits.

Examples:
  $ cloudshelf outbox list
  $ cloudshelf outbox retry order-2025-09-05-xyz123#order_confirmed
  $ cloudshelf outbox retry --all-dead`

export const outboxCommand = (): Command => {
  const outbox = new Command('outbox')
    .description('look at mails that are not sent yet, and try again those that were given up')
    .addHelpText('after', HELP)
  outbox
    .command('list')
    .description('mails that wait or were given up')
    .option('--json', 'as JSON')
    .action(list)
  outbox
    .command('retry')
    .description('send mails that were given up, from their first try on')
    .argument('[id...]')
    .option('--all-dead', 'all of them')
    .option('--json', 'which ones, as JSON')
    .action((ids: string[], options: Json & { allDead?: boolean }, command: Command) => {
      if (ids.length > 0 === (options.allDead ?? false))
        command.error('error: name the mails to try again, or use --all-dead')
      return retry(ids, options)
    })
  return outbox
}
