/** Write of an AWS client through the forwarder: it obeys the write fence and is captured, as the shop's own writes are. */
import {
  type Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http'
import { type Capture, capturedWrite } from '../core/dynamo/capture.ts'
import { writesItems } from '../core/dynamo/operations.ts'
import type { WriteGuard } from '../core/dynamo/wire.ts'

/** What a write passes on its way to the engine. */
export type WriteChecks = {
  readonly guard?: WriteGuard
  readonly capture?: Capture
}

/** What the forwarder does with a write, whichever way it goes. */
export type WritePath = {
  readonly agent: Agent
  /** Base URL of the engine. */
  readonly target: string
  readonly maxBytes: number
  readonly endToEnd: (headers: IncomingHttpHeaders) => IncomingHttpHeaders
  readonly tooLarge: (response: ServerResponse) => void
  /** `why` is a sentence for the log of the client. */
  readonly unavailable: (response: ServerResponse, why?: string) => void
}

/** The operation of a request of an AWS client, for example `PutItem`. */
export const operationOf = ({ 'x-amz-target': target }: IncomingHttpHeaders): string =>
  typeof target === 'string' ? target.slice(target.lastIndexOf('.') + 1) : ''

/** Writes the begin mark of a write that came with this body, and returns the function that writes its end mark. */
const beginCapture = (capture: Capture, headers: IncomingHttpHeaders, body: Buffer): (() => void) => {
  const operation = operationOf(headers)
  let input: unknown
  try {
    input = headers['content-encoding'] === undefined ? JSON.parse(body.toString()) : undefined
  } catch {
    // The engine decides what it is.
  }
  const write =
    typeof input === 'object' && input !== null
      ? capturedWrite(operation, input, capture.keyAttributes)
      : { keys: [], unknown: operation }
  return write ? capture.begin(write) : () => {}
}

/**
 * Receives the whole request and passes it on: a client that sends slowly must not write long after the fence was asked, and the mark
 * of the capture must be there before the engine has the write.
 */
export const forwardWrite = (
  { agent, target, maxBytes, endToEnd, tooLarge, unavailable }: WritePath,
  { guard, capture }: WriteChecks,
  incoming: IncomingMessage,
  response: ServerResponse,
): void => {
  const { method, url, headers } = incoming
  const chunks: Buffer[] = []
  let bytes = 0
  incoming.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes <= maxBytes) chunks.push(chunk)
    else chunks.length = 0
  })

  const pass = async (): Promise<void> => {
    if (bytes > maxBytes) return tooLarge(response)
    const body = Buffer.concat(chunks)
    const confirm = writesItems(operationOf(headers)) ? await guard?.admit() : undefined
    const end = capture?.isOn() ? beginCapture(capture, headers, body) : () => {}
    const sent = { ...endToEnd(headers), 'content-length': String(body.length) }
    const outgoing = request(new URL(target).origin + url, { method, headers: sent, agent })
    const pipe = (reply: IncomingMessage): void => {
      response.writeHead(reply.statusCode ?? 502, reply.statusMessage, endToEnd(reply.headers))
      // Carried out, or refused: at 5xx it is unknown which.
      if ((reply.statusCode ?? 500) < 500) reply.on('end', end)
      reply.on('error', () => response.destroy()).pipe(response)
    }
    outgoing.on('response', reply => {
      if (!confirm) return pipe(reply)
      confirm().then(
        () => pipe(reply),
        () => {
          reply.destroy()
          response.destroy() // whether it was carried out is unknown, as after a lost connection
        },
      )
    })
    outgoing.on('error', () => unavailable(response))
    outgoing.end(body)
  }

  incoming.on('end', () => {
    pass().catch((error: unknown) =>
      unavailable(response, error instanceof Error ? error.message : undefined),
    )
  })
}
