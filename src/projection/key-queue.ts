/** Captured keys that wait in a queue, so that a database which is paused is woken only when it is time. */
import * as z from 'zod'
import type { Queue, QueueMessage } from '../core/aws/sqs.ts'
import { type CapturedKey, uniqueKeys } from '../core/dynamo/capture.ts'
import type { StreamedProjection } from './streamed.ts'

/** Characters of one message; a queue takes 256 KiB, and a character may have four bytes. */
const MAX_LENGTH = 60_000
/** Keys that are applied together: what changed often in between is read once. */
const MAX_MESSAGES = 50
/** How often an empty queue is asked again while messages are in flight; each time waits two seconds. */
const MAX_WAITS = 15

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

/** Adds keys to the queue, each once. */
export const queueKeys = async (queue: Pick<Queue, 'send'>, keys: readonly CapturedKey[]): Promise<void> => {
  for (const message of messagesOf(uniqueKeys(keys))) await queue.send(message)
}

/** Undefined for a message that nobody here has written, which a retry would not make readable. */
const parseMessage = ({ body }: QueueMessage): CapturedKey[] | undefined => {
  try {
    return Message.parse(JSON.parse(body)).map(([table, key]) => ({ table, key }))
  } catch {
    return undefined
  }
}

/** `isEmpty`: nothing is in the queue any more, nor received by others and not applied yet. */
export type Drained = { readonly keys: number; readonly isEmpty: boolean }

type Batch = readonly QueueMessage[]

/** The next messages; none when the queue has none to give. */
const receiveSome = async (queue: Pick<Queue, 'receive'>): Promise<readonly Batch[]> => {
  const batches: Batch[] = []
  for (let count = 0; count < MAX_MESSAGES; ) {
    const batch = await queue.receive()
    if (batch.length === 0) break
    batches.push(batch)
    count += batch.length
  }
  return batches
}

/**
 * Applies what is in the queue, until it is empty or `hasTime` says no. Messages are deleted once their keys are applied. `capturedUntil`: everything that
 * changed before is in the queue; it is applied too once no message is in flight, as those of a drain that failed are. An empty queue does not wake the
 * database. Throws as `apply` of the projection and as the queue; then the messages stay. Throws TypeError, at the end, for messages that cannot be read.
 */
export const drainKeys = async (
  queue: Pick<Queue, 'receive' | 'remove' | 'inFlight'>,
  projection: Pick<StreamedProjection, 'apply'>,
  { capturedUntil, hasTime }: { readonly capturedUntil: Date; readonly hasTime: () => boolean },
): Promise<Drained> => {
  let keys = 0
  let unreadable = 0
  for (let waits = 0; ; ) {
    const batches = await receiveSome(queue)
    const unique = uniqueKeys(batches.flat().flatMap(message => parseMessage(message) ?? []))
    if (unique.length > 0) await projection.apply(unique)
    for (const batch of batches) {
      const readable = batch.filter(parseMessage)
      unreadable += batch.length - readable.length
      await queue.remove(readable)
    }
    keys += unique.length
    const isComplete = batches.length === 0 && (keys === 0 || (await queue.inFlight()) === 0)
    const isOver = batches.length === 0 && ++waits > MAX_WAITS
    if (!isComplete && !isOver && hasTime()) continue
    if (isComplete && keys > 0) await projection.apply([], capturedUntil)
    if (unreadable > 0) throw new TypeError(`${unreadable} messages in the queue of keys cannot be read`)
    return { keys, isEmpty: isComplete }
  }
}
