/**
 * Outbox: rows of the control table from which a worker sends mails, each written in the transaction of what it announces. The
 * sort key begins with the time from which a row may be taken, so that one query finds what is due.
 */
import type { ControlKey } from './control/row-kind.ts'
import { CONTROL_ROWS } from './control/rows.ts'
import type { Item, Write } from './dynamo/write.ts'
import { sortKeyAt } from './ids.ts'
import { currentRequest } from './request.ts'

/** The key of a row that is due at `due`. */
export const outboxKey = (due: Date, id: string): ControlKey =>
  CONTROL_ROWS.outbox.key(`${sortKeyAt(due)}#${id}`)

/**
 * The row of a mail to be sent, due at once. `id` names the mail for ever, in its Message-ID too; `content` is what the
 * mail's maker needs to find the rest, best without personal data. The row names the request that caused it, if one did.
 */
export const announceMail = (table: string, id: string, content: Item, now: Date): Write => ({
  action: 'Put',
  table,
  item: {
    ...content,
    ...outboxKey(now, id),
    state: 'PENDING',
    tries: 0,
    created_at: now.toISOString(),
    due_at: now.toISOString(),
    ...requestOf(currentRequest()?.id),
  },
  condition: 'attribute_not_exists(pk)',
})

const requestOf = (id: string | undefined) => (id === undefined ? {} : { request_id: id })
