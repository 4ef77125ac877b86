/** Sweeper: each few minutes, finishes erasures that were cut off, sends mails that had to wait, and gauges how long they wait. */
import type { Context } from 'aws-lambda'
import { createAccountLinks } from '../accounts/account-links.ts'
import { createMailDeps, createMailTransport, hasMailTransport } from '../composition/mail.ts'
import { createOrderDeps } from '../composition/orders.ts'
import { outboxAge } from '../health/ages.ts'
import { sendDueMail } from '../notifications/worker.ts'
import { resumeErasures } from '../privacy/erase.ts'
import { createFunctionBase } from './open.ts'

/** One mail in hand takes at most this long. */
const LAST_MAIL_MS = 25_000

const base = createFunctionBase()
const deps = {
  ...base,
  ...createOrderDeps(base),
  ...createMailDeps(base, createMailTransport(base.settings)),
  accountLinks: createAccountLinks(base.db, base.names),
}

/** Does both, whatever happens to one; throws the first failure, so that it is counted as one. */
export const handler = async (_event: unknown, { getRemainingTimeInMillis }: Context): Promise<void> => {
  const time = Math.max(1, getRemainingTimeInMillis() - LAST_MAIL_MS)
  // There is no folder here: rows wait in the outbox until there is a way for mail.
  const send = async () => hasMailTransport(deps.settings) && sendDueMail(deps, AbortSignal.timeout(time))
  const done = await Promise.allSettled([resumeErasures(deps), send()])
  base.log.gauge({ OutboxAge: await outboxAge(deps) })
  for (const one of done) if (one.status === 'rejected') throw one.reason
}
