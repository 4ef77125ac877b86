/** Sweeper function: every few minutes finishes interrupted erasures and payments, sends mails that are due, and records how long mails and orders have been waited for. */
import type { Context } from 'aws-lambda'
import { createAccountLinks } from '../accounts/account-links.ts'
import { createErasureList } from '../composition/backup.ts'
import { createCartDeps } from '../composition/cart.ts'
import { createErasedProjection } from '../composition/erased-projection.ts'
import { createMailDeps, createMailTransport, hasMailTransport } from '../composition/mail.ts'
import { createOrderDeps } from '../composition/orders.ts'
import { createProviders } from '../composition/providers.ts'
import { isFenceRefusal } from '../core/fence/write-guard.ts'
import { OUTBOX_PARTITIONS } from '../core/outbox.ts'
import { recordDelays } from '../health/ages.ts'
import { sweepInvoices } from '../invoices/sweep.ts'
import { sendDueMail } from '../notifications/worker.ts'
import { endCheckouts } from '../payments/personal-checkouts.ts'
import { sweepPayments } from '../payments/sweep.ts'
import { resumeErasures } from '../privacy/erase.ts'
import { createFunctionContext } from './open.ts'
import { isEmptyBatch } from './version-checks.ts'

/** The longest delivery of one mail (ms): no delivery begins later than this before the timeout. */
const MAX_DELIVERY_MS = 25_000

const { base, secrets } = createFunctionContext([], ['stripe-key'])
const providers = createProviders(base, await secrets)
const paymentDeps = {
  ...base,
  ...createCartDeps(base),
  ...createOrderDeps(base, providers),
  ...createMailDeps(base, createMailTransport(base.settings)),
}
const deps = {
  ...paymentDeps,
  endCheckouts: (userId: string, email: string | undefined) => endCheckouts(paymentDeps, userId, email),
  accountLinks: createAccountLinks(base.db, base.names),
  listErasure: createErasureList(base),
  projection: createErasedProjection(base, { isAwaited: true }),
}

/** Does all of it even when one part fails; then throws the first error, so that Lambda counts a failure. */
export const handler = async (event: unknown, { getRemainingTimeInMillis }: Context): Promise<void> => {
  if (isEmptyBatch(event)) return
  const time = Math.max(1, getRemainingTimeInMillis() - MAX_DELIVERY_MS)
  // Without a mail transport, rows wait in the outbox: a function has no mail folder.
  const signal = AbortSignal.timeout(time)
  const send = async () =>
    hasMailTransport(deps.settings) &&
    (await Promise.all(OUTBOX_PARTITIONS.map(pk => sendDueMail({ ...deps, partitions: [pk] }, signal))))
  // A restored shop erases and sends nothing until `cloudshelf resume`.
  const isWaiting = await deps.isQuiet()
  const results = await Promise.allSettled(
    isWaiting ? [] : [resumeErasures(deps), send(), sweepPayments(deps, signal), sweepInvoices(deps, signal)],
  )
  await recordDelays(deps)
  for (const one of results) if (one.status === 'rejected' && !isFenceRefusal(one.reason)) throw one.reason
}
