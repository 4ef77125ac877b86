/** OutboxConsumer function: sends mails that were just added to the outbox. Mails that are due later are sent by the sweeper. */
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda'
import { createMailDeps, createMailTransport, hasMailTransport } from '../composition/mail.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { fromWire } from '../core/dynamo/marshal.ts'
import { isFenceRefusal } from '../core/fence/write-guard.ts'
import { isInOutbox, subjectOf } from '../core/outbox.ts'
import { deliver } from '../notifications/delivery.ts'
import { type OutboxRow, parseRow } from '../notifications/table.ts'
import { createFunctionBase } from './open.ts'
import { createKeyHandOn } from './stream-keys.ts'

/** Mails that one invocation sends at once. SES takes a tenth of a second for each. */
const AT_ONCE = 8

const base = await createFunctionBase()
const deps = { ...base, ...createMailDeps(base, createMailTransport(base.settings)) }

const handOn = createKeyHandOn(base, ({ key }) => key.pk === CONTROL_ROWS.searchTerms.pk)

type DueMail = { readonly row: OutboxRow; readonly sequenceNumber: string }

/** The row of a record, if it is to be sent now. */
const readDueRow = ({ eventName, dynamodb }: DynamoDBRecord): OutboxRow | undefined => {
  try {
    const item = eventName === 'INSERT' && dynamodb?.NewImage ? fromWire(dynamodb.NewImage) : undefined
    const due = Date.parse(String(item?.due_at))
    return item && isInOutbox(item.pk) && due <= deps.now().getTime() ? parseRow(item) : undefined
  } catch (error) {
    // A retry would fail too, and block the shard for a day.
    deps.report(error)
    return undefined
  }
}

/** Mails to be sent, those about the same order or account together in their order. */
const groupBySubject = (records: readonly DynamoDBRecord[]): DueMail[][] => {
  const groups = new Map<string, DueMail[]>()
  for (const record of records) {
    const row = readDueRow(record)
    if (!row) continue
    const subject = subjectOf(row.id)
    const mails = groups.get(subject) ?? []
    groups.set(subject, mails)
    mails.push({ row, sequenceNumber: record.dynamodb?.SequenceNumber ?? '' })
  }
  return [...groups.values()]
}

/**
 * Delivers each row under its own lease, so that a record that is delivered again finds nothing to do. Only records that a
 * database error interrupted are retried by Lambda; a mail that cannot be sent is postponed or becomes a dead letter.
 */
export const handler = async ({ Records }: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> => {
  const batchItemFailures: { itemIdentifier: string }[] = []
  await handOn?.(Records)
  // Without a mail transport, rows wait in the outbox: a function has no mail folder.
  if (!hasMailTransport(deps.settings)) return { batchItemFailures }
  const groups = groupBySubject(Records)
  let quiet: Promise<boolean> | undefined
  /** In a restored shop mails wait for `cloudshelf resume`; the sweeper sends them then. */
  const isQuiet = (): Promise<boolean> => {
    quiet ??= deps.isQuiet()
    return quiet
  }
  const sendGroups = async (): Promise<void> => {
    for (let mails = groups.shift(); mails; mails = groups.shift())
      for (const { row, sequenceNumber } of mails)
        try {
          if (!(await isQuiet())) await deliver(deps, row)
        } catch (error) {
          // While the database takes no writes, Lambda delivers the record again.
          if (!isFenceRefusal(error)) deps.report(error)
          batchItemFailures.push({ itemIdentifier: sequenceNumber })
        }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, sendGroups))
  return { batchItemFailures }
}
