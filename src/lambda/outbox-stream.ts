/** OutboxConsumer: sends what has just been put into the outbox. What has to wait or is tried again later is the sweeper's. */
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { createMailDeps, createMailTransport, hasMailTransport } from '../composition/mail.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { fromWire } from '../core/dynamo/marshal.ts'
import { deliver } from '../notifications/delivery.ts'
import { parseRow } from '../notifications/table.ts'
import { createFunctionBase } from './open.ts'

const base = createFunctionBase()
const deps = { ...base, ...createMailDeps(base, createMailTransport(base.settings)) }

/** The row to be sent now that a record brings, if it brings one. */
const rowOf = ({ eventName, dynamodb }: DynamoDBRecord) => {
  try {
    const item = eventName === 'INSERT' && dynamodb?.NewImage ? fromWire(dynamodb.NewImage) : undefined
    const due = Date.parse(String(item?.due_at))
    return item?.pk === CONTROL_ROWS.outbox.pk && due <= deps.now().getTime() ? parseRow(item) : undefined
  } catch (error) {
    // It will be no better when it comes again, and would hold up its shard for a day.
    deps.report(error)
    return undefined
  }
}

/**
 * Takes each row in hand for itself, so that a record that comes again finds nothing to do. Only what the store keeps it
 * from doing comes again; a mail that cannot be made or sent is put off, or dead, by the worker's own rules.
 */
export const handler = async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
  const batchItemFailures: { itemIdentifier: string }[] = []
  // There is no folder here: rows wait in the outbox until there is a way for mail.
  if (!hasMailTransport(deps.settings)) return { batchItemFailures }
  for (const record of Records)
    try {
      const row = rowOf(record)
      if (row) await deliver(deps, row)
    } catch (error) {
      deps.report(error)
      batchItemFailures.push({ itemIdentifier: record.dynamodb?.SequenceNumber ?? '' })
    }
  return { batchItemFailures }
}
