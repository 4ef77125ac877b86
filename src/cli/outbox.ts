/** `cloudshelf outbox`: emails that are pending, dead letters or overdue, and retries of the latter two. */
import { Command } from 'commander'
import type { Deps } from '../composition/shop.ts'
import type { OutboxEntry } from '../notifications/schema.ts'
import { collectEntries } from '../notifications/table.ts'
import { CommandError } from './errors.ts'
import { counted, print, printJson } from './output.ts'
import { withDeps } from './with-deps.ts'

type Json = { readonly json?: boolean }

const GIVEN_UP: Readonly<Record<string, string>> = { DEAD: 'given up', OVERDUE: 'dropped' }

const entryText = ({ id, state, tries, due_at, last_error }: OutboxEntry): string => {
  const time = GIVEN_UP[state] ?? 'due'
  const reason = last_error === undefined ? '' : `  ${last_error}`
  return `${state.padEnd(7)}  ${id}  ${time} ${due_at}, ${counted(tries, 'attempt')}${reason}`
}

/** Overdue mails are sent only one by one: their readers may no longer want them. */
const isDead = ({ state }: OutboxEntry): boolean => state === 'DEAD'

const list = ({ json }: Json): Promise<void> =>
  withDeps(async ({ outbox }) => {
    const [pending, unsent] = await Promise.all([
      collectEntries(outbox.pending()),
      collectEntries(outbox.deadLetters()),
    ])
    const [dead, overdue] = [unsent.filter(isDead), unsent.filter(entry => !isDead(entry))]
    if (json) return printJson({ pending, dead, overdue })
    for (const entry of [...pending, ...dead, ...overdue]) print(entryText(entry))
    print(`${pending.length} pending, ${dead.length} dead, ${overdue.length} overdue`)
  })

const requeue = async ({ outbox, now }: Deps, ids: readonly string[]): Promise<string[]> => {
  const requeued: string[] = []
  for (const id of ids) if (await outbox.requeue(id, now())) requeued.push(id)
  return requeued
}

const retry = (ids: readonly string[], { allDead, json }: Json & { readonly allDead?: boolean }) =>
  withDeps(async deps => {
    const chosen = allDead
      ? (await collectEntries(deps.outbox.deadLetters())).filter(isDead).map(({ id }) => id)
      : ids
    const requeued = await requeue(deps, chosen)
    if (json) printJson({ revived: requeued })
    else print(`${counted(requeued.length, 'email')} will be sent again`)
    const missing = allDead ? [] : ids.filter(id => !requeued.includes(id))
    if (missing.length > 0)
      throw new CommandError(
        `no dead or overdue email has this ID: ${missing.join(', ')} (see \`cloudshelf outbox list\`)`,
      )
  })

const HELP = `
The running shop sends pending emails. One that cannot be sent is tried eight
times within about fifteen hours; after that it is dead until you retry it.
One that could not be sent while it still helped its reader is overdue: dropped,
unless you retry it by its ID.

Examples:
  $ cloudshelf outbox list
  $ cloudshelf outbox retry order-2025-09-05-xyz123#order_confirmed
  $ cloudshelf outbox retry --all-dead`

export const outboxCommand = (): Command => {
  const outbox = new Command('outbox').description('Show and retry unsent emails').addHelpText('after', HELP)
  outbox
    .command('list')
    .description('List pending, dead and overdue emails')
    .option('--json', 'Print JSON')
    .action(list)
  outbox
    .command('retry')
    .description('Send dead or overdue emails again, with eight new attempts')
    .argument('[id...]', 'IDs from `outbox list`')
    .option('--all-dead', 'Retry all dead emails, but no overdue ones')
    .option('--json', 'Print JSON')
    .action((ids: string[], options: Json & { allDead?: boolean }, command: Command) => {
      if (ids.length > 0 === (options.allDead ?? false))
        command.error('error: give the IDs of the emails to retry, or --all-dead')
      return retry(ids, options)
    })
  return outbox
}
