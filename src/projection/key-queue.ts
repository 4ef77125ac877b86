/** Captured keys that wait in a queue, so that a database which is paused is woken only when it is time. */
import * as z from 'zod'
import type { Queue } from '../core/aws/sqs.ts'
import type { CapturedKey } from '../core/dynamo/capture.ts'
import type { StreamedProjection } from './streamed.ts'

/** Characters of one message; a queue takes 256 KiB, and a character may have four bytes. */
const MAX_LENGTH = 60_000
/** Keys that are applied together: what changed often in between is read once. */
const MAX_MESSAGES = 50

const Message = z.array(z.tuple([z.string(), z.record(z.string(), z.string())]))

const messagesOf = (keys: readonly CapturedKey[]): string[] => {
  const messages: string[] = []
  let entries: string[] = []
  let length = 0
  const flush = () => {
    if (entries.length > 0) messages.push(`[${entries.join()}]`)
    entries = []
    length = 0
  }
  for (const { table, key } of keys) {
    const entry = JSON.stringify([table, key])
    if (length + entry.length > MAX_LENGTH) flush()
    entries.push(entry)
    length += entry.length + 1
  }
  flush()
  return messages
}

/** Each key once. */
export const distinctKeys = (keys: readonly CapturedKey[]): CapturedKey[] => [
  ...new Map(keys.map(one => [JSON.stringify([one.table, Object.entries(one.key).sort()]), one])).values(),
]

/** Adds keys to the queue, each once. */
export const queueKeys = async (queue: Pick<Queue, 'send'>, keys: readonly CapturedKey[]): Promise<void> => {
  for (const message of messagesOf(distinctKeys(keys))) await queue.send(message)
}

const parseMessage = (body: string): CapturedKey[] =>
  Message.parse(JSON.parse(body)).map(([table, key]) => ({ table, key }))

export type Drained = { readonly keys: number; readonly isEmpty: boolean }

/**
 * Applies what is in the queue, until it is empty or `hasTime` says no. Messages are deleted once their keys are applied. `capturedUntil`: everything that
 * changed before is in the queue. An empty queue does not wake the database. Throws as `apply` of the projection and as the queue; then the messages stay.
 */
export const drainKeys = async (
  queue: Pick<Queue, 'receive' | 'remove'>,
  projection: Pick<StreamedProjection, 'apply'>,
  { capturedUntil, hasTime }: { readonly capturedUntil: Date; readonly hasTime: () => boolean },
): Promise<Drained> => {
  let keys = 0
  for (;;) {
    const batches: Awaited<ReturnType<Queue['receive']>>[] = []
    for (let count = 0; count < MAX_MESSAGES; ) {
      const batch = await queue.receive()
      if (batch.length === 0) break
      batches.push(batch)
      count += batch.length
    }
    if (batches.length === 0) {
      if (keys > 0) await projection.apply([], capturedUntil)
      return { keys, isEmpty: true }
    }
    const distinct = distinctKeys(batches.flat().flatMap(({ body }) => parseMessage(body)))
    await projection.apply(distinct)
    for (const batch of batches) await queue.remove(batch)
    keys += distinct.length
    if (!hasTime()) return { keys, isEmpty: false }
  }
}
