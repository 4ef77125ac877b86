/** Client of one queue of Amazon SQS: a standard queue, which may deliver a message more than once and in any order. */
import { createAwsClient } from './aws-request.ts'
import type { ServiceSigner } from './sign.ts'

export type QueueMessage = { readonly body: string /** Names this delivery. */; readonly receipt: string }

export type Queue = {
  /** Adds a message of at most 256 KiB. It may be added twice. */
  readonly send: (body: string) => Promise<void>
  /** Up to ten messages, which nobody else gets until the visibility timeout of the queue; none when it is empty. */
  readonly receive: () => Promise<readonly QueueMessage[]>
  /** Deletes at most ten messages. */
  readonly remove: (messages: readonly QueueMessage[]) => Promise<void>
  /** About how many messages were received by anyone and are not deleted yet: SQS takes a moment to count. */
  readonly inFlight: () => Promise<number>
}

/** Messages of one call, by SQS. */
const MAX_MESSAGES = 10
/** With a wait, SQS asks all its servers: without it an answer may be empty although there are messages. */
const WAIT_SECONDS = 2
const IN_FLIGHT = 'ApproximateNumberOfMessagesNotVisible'

type Answer = {
  readonly Attributes?: Readonly<Record<string, string>>
  readonly Messages?: readonly { readonly Body: string; readonly ReceiptHandle: string }[]
  readonly Failed?: readonly { readonly Message?: string; readonly Code?: string }[]
}

/** `url` is the URL of the queue. Its calls reject where SQS cannot be reached or refuses. */
export const createQueue = (url: string, sign: ServiceSigner): Queue => {
  const request = createAwsClient(new URL(url).origin, sign)
  const call = async (action: string, input: object): Promise<Answer> => {
    const { status, body } = await request({
      method: 'POST',
      path: '/',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${action}` },
      body: JSON.stringify({ QueueUrl: url, ...input }),
    })
    const text = body.toString()
    if (status !== 200) throw new Error(`SQS, ${action}: responded with ${status}: ${text.slice(0, 300)}`)
    return JSON.parse(text) as Answer
  }
  return {
    send: async body => {
      await call('SendMessage', { MessageBody: body })
    },
    receive: async () => {
      const { Messages = [] } = await call('ReceiveMessage', {
        MaxNumberOfMessages: MAX_MESSAGES,
        WaitTimeSeconds: WAIT_SECONDS,
      })
      return Messages.map(({ Body, ReceiptHandle }) => ({ body: Body, receipt: ReceiptHandle }))
    },
    remove: async messages => {
      if (messages.length === 0) return
      const Entries = messages.map(({ receipt }, i) => ({ Id: String(i), ReceiptHandle: receipt }))
      const { Failed = [] } = await call('DeleteMessageBatch', { Entries })
      if (Failed.length > 0)
        throw new Error(`SQS did not delete messages: ${Failed[0]?.Message ?? Failed[0]?.Code}`)
    },
    inFlight: async () => {
      const { Attributes = {} } = await call('GetQueueAttributes', { AttributeNames: [IN_FLIGHT] })
      return Number(Attributes[IN_FLIGHT] ?? 0)
    },
  }
}
