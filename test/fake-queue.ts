/** Stand-in of a standard queue of Amazon SQS, with the calls that the shop makes. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onCleanup } from './cleanup.ts'

type Input = {
  readonly QueueUrl: string
  readonly MessageBody?: string
  readonly Entries?: readonly { readonly Id: string; readonly ReceiptHandle: string }[]
}

const MAX_BYTES = 256 * 1024

/** Starts it, until the tests of the file end. The next `state.fail` calls are answered 503, until they are retried no more. */
export const startFakeQueue = async () => {
  const state = { fail: 0 }
  let count = 0
  /** Bodies by receipt: those that wait, and those that were delivered and not deleted. */
  const waiting = new Map<string, string>()
  const delivered = new Map<string, string>()

  const answer = (action: string, { MessageBody = '', Entries = [] }: Input): object | undefined => {
    if (action === 'SendMessage') {
      if (Buffer.byteLength(MessageBody) > MAX_BYTES) return undefined
      waiting.set(String(++count), MessageBody)
      return { MessageId: String(count) }
    }
    if (action === 'ReceiveMessage') {
      const some = [...waiting].slice(0, 10)
      for (const [receipt, body] of some) {
        waiting.delete(receipt)
        delivered.set(receipt, body)
      }
      return {
        Messages: some.map(([ReceiptHandle, Body]) => ({ MessageId: ReceiptHandle, ReceiptHandle, Body })),
      }
    }
    if (action === 'GetQueueAttributes')
      return { Attributes: { ApproximateNumberOfMessagesNotVisible: String(delivered.size) } }
    if (action !== 'DeleteMessageBatch' || Entries.length === 0 || Entries.length > 10) return undefined
    for (const { ReceiptHandle } of Entries) delivered.delete(ReceiptHandle)
    return { Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] }
  }

  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const action = String(request.headers['x-amz-target']).replace('AmazonSQS.', '')
    const isSigned = request.headers.authorization?.includes('/sqs/aws4_request')
    const result = state.fail-- > 0 || !isSigned ? undefined : answer(action, JSON.parse(body) as Input)
    response
      .writeHead(result ? 200 : 503)
      .end(JSON.stringify(result ?? { __type: 'com.amazonaws.sqs#Refused' }))
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  onCleanup(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/123456789012/cloudshelf-keys`,
    state,
    /** Adds a message that another program has written. */
    add: (body: string) => void waiting.set(String(++count), body),
    /** Bodies of the messages that wait. */
    waiting: () => [...waiting.values()],
    /** Delivers messages again that were not deleted, as after the visibility timeout. */
    redeliver: () => {
      for (const [receipt, body] of delivered) waiting.set(receipt, body)
      delivered.clear()
    },
  }
}
