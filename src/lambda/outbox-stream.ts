/** OutboxConsumer function: sends mails that were just added to the outbox. Mails that are due later are sent by the sweeper. */
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { createMailDeps, createMailTransport, hasMailTransport } from '../composition/mail.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { fromWire } from '../core/dynamo/marshal.ts'
import { deliver } from '../notifications/delivery.ts'
import { parseRow } from '../notifications/table.ts'
import { createFunctionBase } from './open.ts'

const base = await createFunctionBase()
const deps = { ...base, ...createMailDeps(base, createMailTransport(base.settings)) }

/** The row of a record, if it is to be sent now. */
const readDueRow = ({ eventName, dynamodb }: DynamoDBRecord) => {
  try {
    const item = eventName === 'INSERT' && dynamodb?.NewImage ? fromWire(dynamodb.NewImage) : undefined
    const due = Date.parse(String(item?.due_at))
    return item?.pk === CONTROL_ROWS.outbox.pk && due <= deps.now().getTime() ? parseRow(item) : undefined
  } catch (error) {
    // A retry would fail too, and block the shard for a day.
    deps.report(error)
    return undefined
  }
}

/**
 * Delivers each row under its own lease, so that a record that is delivered again finds nothing to do. Only records that a
 * database error interrupted are retried by Lambda; a mail that cannot be sent is postponed or becomes a dead letter.
 */
export const handler = async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
  const batchItemFailures: { itemIdentifier: string }[] = []
  // Without a mail transport, rows wait in the outbox: a function has no mail folder.
  if (!hasMailTransport(deps.settings)) return { batchItemFailures }
  for (const record of Records)
    try {
      const row = readDueRow(record)
      if (row) await deliver(deps, row)
    } catch (error) {
      deps.report(error)
      batchItemFailures.push({ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' })
    }
  return { batchItemFailures }
}
