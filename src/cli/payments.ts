/** `cloudshelf payments`: its commands, and what the payment providers say, taken over where it differs from what is recorded here. */
import { Command } from 'commander'
import type { Deps } from '../composition/shop.ts'
import { parseOrderNumber } from '../orders/number.ts'
import { readListRows } from '../payments/check-lists.ts'
import { ProviderRefused, ProviderUnavailable } from '../payments/provider.ts'
import { type FoundRecovery, findRecoveries, findRecovery, type RecoveryStep } from '../payments/recover.ts'
import { sinceTime } from './doctor-money.ts'
import { CommandError, FAILED } from './errors.ts'
import { parseDay } from './option-values.ts'
import { counted, note, print, printJson } from './output.ts'
import { createCommandProviders, NO_PROVIDER } from './payment-providers.ts'
import { addRecordedPayments } from './recorded-payments.ts'
import { commandLineActor, withDeps } from './with-deps.ts'

type Options = { readonly since?: string; readonly yes?: boolean; readonly json?: boolean }

const STEPS: Readonly<Record<RecoveryStep, string>> = {
  none: 'as the provider says',
  reconcile: 'follow the provider',
  record: 'record the payment of this order',
  review: 'record the money, under review: staff give it back',
  lists: 'correct the lists',
  by_hand: 'cannot be repaired here: give the money back in the provider’s dashboard',
}

/** The order id of what was typed: a number, or the id itself, which a checkout and a payment without an order have as well. */
const orderIdOf = async ({ orders }: Deps, typed: string): Promise<string> => {
  const number = parseOrderNumber(typed)
  if (number === undefined) return typed
  const orderId = await orders.idOfNumber(number)
  if (orderId === undefined) throw new CommandError(`no order has the number ${number}: name its order ID`)
  return orderId
}

async function* findAll(deps: Deps, typed: readonly string[], since: string | undefined) {
  const actor = commandLineActor()
  if (since !== undefined) yield* findRecoveries(deps, sinceTime(deps.now(), since), actor)
  if (typed.length === 0) return
  const rows = await readListRows(deps)
  for (const one of typed) {
    const orderId = await orderIdOf(deps, one)
    yield findRecovery(deps, orderId, actor, undefined, rows.get(orderId))
  }
}

const line = ({ order_number, order_id, found, step }: FoundRecovery): string =>
  [`${order_number}  ${order_id}`, ...found.map(one => `    ${one}`), `  → ${STEPS[step]}`].join('\n')

const reconcileAll = async (deps: Deps, typed: readonly string[], options: Options): Promise<void> => {
  const { since, yes = false, json } = options
  const done: Omit<FoundRecovery, 'repair'>[] = []
  let failed = false
  for await (const { repair, ...found } of findAll(deps, typed, since)) {
    if (yes) await repair()
    if (found.step === 'by_hand') failed = true
    done.push(found)
    if (!json) print(line({ ...found, repair }))
  }
  if (failed) process.exitCode = FAILED
  if (json) return printJson({ dry_run: !yes, orders: done })
  const changes = done.filter(({ step }) => step !== 'none' && step !== 'by_hand').length
  print(`${counted(changes, 'order')} ${yes ? 'reconciled' : 'to reconcile'}`)
  if (!yes && changes > 0) note('Nothing was changed. Repeat the command with --yes to take it over.')
}

const reconcile = (orders: readonly string[], options: Options): Promise<void> => {
  if ((orders.length === 0) === (options.since === undefined))
    throw new CommandError('name orders, or a day with --since')
  return withDeps(
    async deps => {
      if (deps.hosted.size === 0) throw new CommandError(NO_PROVIDER)
      try {
        await reconcileAll(deps, orders, options)
      } catch (error) {
        if (error instanceof ProviderUnavailable || error instanceof ProviderRefused)
          throw new CommandError(error.message)
        throw error
      }
    },
    { providers: createCommandProviders },
  )
}

const HELP = `
Asks the payment provider, and takes over what it says: a paid checkout becomes
an order, one that was not paid is released, refunds and disputes appear. It
never takes money, and never gives any back.

Of a shop that was restored from a backup, name the day of the backup by --since.
Money whose order was made after the backup is recorded under review, since
the order itself is lost: staff give the money back. Payments of another shop on
the same account of the provider are recorded too: look at the preview first.

Without --yes, nothing is changed.

Examples:
  $ cloudshelf payments reconcile 7K3M2-QX8VD
  $ cloudshelf payments reconcile --since 2026-11-30 --yes`

export const paymentsCommand = (): Command => {
  const payments = new Command('payments').description(
    'Show and record payments, and take over what providers say',
  )
  payments
    .command('reconcile')
    .description('Compare payments with the provider, and follow it')
    .argument('[orders...]', 'Order numbers or order IDs')
    .option('--since <date>', 'All payment pages since a day (UTC), for example 2026-11-30', parseDay)
    .option('--yes', 'Change what differs (default: only show it)')
    .option('--json', 'Print JSON')
    .addHelpText('after', HELP)
    .action(reconcile)
  addRecordedPayments(payments)
  return payments
}
