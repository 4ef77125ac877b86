/**
 * Forwarder: the engine's public port, a proxy that passes requests of AWS clients on unchanged and refuses everything that a web
 * page could send. The engine itself accepts any Host and Origin, so a page in a browser could otherwise read and write the shop.
 */
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { mayWrite } from '../core/dynamo/capture.ts'
import { forwardWrite, operationOf, type WriteChecks, type WritePath } from './forwarded-write.ts'
import { cameThroughProxy } from './proxy-headers.ts'
import { StartError } from './start-error.ts'

export type Forwarder = {
  readonly port: number
  /** Stops listening and ends every connection, requests in flight after half a second. Idempotent. */
  readonly close: () => Promise<void>
}

export type ForwarderOptions = WriteChecks & {
  /** Port on 127.0.0.1; 0 for any free one. */
  readonly port: number
  /** Current base URL of the engine; undefined while it is down. */
  readonly target: () => string | undefined
}

const BODY_LIMIT_BYTES = 20 * 1024 * 1024
const CLOSE_GRACE_MS = 500
// Clients reuse connections; closing one just before they write costs them a retry.
const KEEP_ALIVE_MS = 60_000

const HOP_BY_HOP = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

const endToEnd = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name) && !name.startsWith('access-control-')),
  )

/** Why a request is refused, or undefined. Only programs on this machine that use its own name are accepted. */
const refusal = ({ method, url, headers, socket }: IncomingMessage): string | undefined => {
  if (method === 'OPTIONS') return 'no cross-origin requests here'
  if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined) return 'not for web pages'
  if (cameThroughProxy(Object.keys(headers))) return 'not through a proxy'
  const [, port] = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::(\d{1,5}))?$/i.exec(headers.host ?? '') ?? [
    undefined,
    '',
  ]
  // A foreign name that resolves to this machine is DNS rebinding.
  if (Number(port ?? 80) !== socket.localPort) return 'the Host header must be localhost with this port'
  return url?.startsWith('/') ? undefined : 'the forwarder is not a general proxy'
}

const answer = (response: ServerResponse, status: number, type: string, message: string): void => {
  if (response.headersSent) {
    response.destroy() // too late for a status: a cut answer must not look like a whole one
    return
  }
  const body = JSON.stringify({ __type: type, message })
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'x-content-type-options': 'nosniff',
    'content-length': Buffer.byteLength(body),
  })
  response.end(body)
}

const tooLarge = (response: ServerResponse): void =>
  answer(response, 413, 'RequestEntityTooLargeException', 'a request may have 20 MB')

const unavailable = (response: ServerResponse, why = 'the engine is down; try again'): void =>
  answer(response, 503, 'com.amazon.coral.availability#ServiceUnavailable', why)

const forward = (agent: Agent, target: string, incoming: IncomingMessage, response: ServerResponse): void => {
  const { method, url, headers } = incoming
  const outgoing = request(new URL(target).origin + url, { method, headers: endToEnd(headers), agent })
  outgoing.on('response', reply => {
    response.writeHead(reply.statusCode ?? 502, reply.statusMessage, endToEnd(reply.headers))
    reply.on('error', () => response.destroy()).pipe(response)
  })
  let abandoned = false
  const giveUp = (say: (response: ServerResponse) => void) => {
    if (abandoned) return
    abandoned = true
    incoming.unpipe(outgoing).resume() // read to its end: a client cut off while it sends never sees the answer
    outgoing.destroy()
    say(response)
  }
  outgoing.on('error', () => giveUp(one => unavailable(one)))
  response.on('close', () => {
    if (!response.writableFinished) outgoing.destroy() // the client left
  })
  let bytes = 0
  incoming.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > BODY_LIMIT_BYTES) giveUp(tooLarge)
  })
  incoming.pipe(outgoing)
}

/** Listens on 127.0.0.1:`port`. Throws StartError when the port is not available. */
export const startForwarder = async ({ port, target, ...checks }: ForwarderOptions): Promise<Forwarder> => {
  const agent = new Agent({ keepAlive: true })
  const path: Omit<WritePath, 'target'> = {
    agent,
    maxBytes: BODY_LIMIT_BYTES,
    endToEnd,
    tooLarge,
    unavailable,
  }
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (incoming, response) => {
    response.on('error', () => {}) // the client left: its 'close' ends the forwarding
    const reason = refusal(incoming)
    const engine = target()
    if (
      reason === undefined &&
      engine !== undefined &&
      Number(incoming.headers['content-length'] ?? 0) <= BODY_LIMIT_BYTES
    )
      return mayWrite(operationOf(incoming.headers)) && (checks.guard || checks.capture?.isOn())
        ? forwardWrite({ ...path, target: engine }, checks, incoming, response)
        : forward(agent, engine, incoming, response)
    incoming.resume()
    if (reason !== undefined) answer(response, 403, 'AccessDeniedException', reason)
    else if (engine === undefined) unavailable(response)
    else tooLarge(response)
  })
  await new Promise<void>((listening, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const what = error.code === 'EADDRINUSE' ? 'is in use' : `cannot be opened (${error.message})`
      failed(new StartError(`port ${port} ${what}: set DYNAMODB_PORT to a free port`, { cause: error }))
    })
    server.listen(port, '127.0.0.1', listening)
  })

  let closed: Promise<void> | undefined
  const close = () =>
    new Promise<void>(done => {
      const force = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS)
      server.close(() => {
        clearTimeout(force)
        agent.destroy()
        done()
      })
    })
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      closed ??= close()
      return closed
    },
  }
}
