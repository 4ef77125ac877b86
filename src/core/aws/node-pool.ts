/** Connection pool of node:http, for Lambda: it has no import cost at a cold start (decision 31). */
import type { ClientRequest } from 'node:http'
import { CONNECT_TIMEOUT, type CreatePool, type HttpPool } from './http-pool.ts'

/** After this time without a request (ms), the server may have closed a connection. */
const IDLE_MS = 4_000
/** Default timeout (ms), where neither the pool nor the request has one. */
const DEFAULT_TIMEOUT_MS = 300_000

/** Destroys a request that exceeds a timeout: to connect, to the response headers, and between two chunks of the body. */
const applyTimeouts = (
  sent: ClientRequest,
  limits: { readonly connect: number; readonly headers: number; readonly body: number },
): void => {
  const end = (code: string) => () => {
    sent.destroy(Object.assign(new Error(`the service did not respond in time: ${code}`), { code }))
  }
  let timer = setTimeout(end('HEADERS_TIMEOUT'), limits.headers)
  sent.once('socket', socket => {
    if (!socket.connecting) return
    const connecting = setTimeout(end(CONNECT_TIMEOUT), limits.connect)
    const clear = () => clearTimeout(connecting)
    socket.once('connect', clear).once('close', clear)
  })
  sent.once('response', response => {
    clearTimeout(timer)
    timer = setTimeout(end('BODY_TIMEOUT'), limits.body)
    response.on('data', () => timer.refresh())
    response.once('end', () => clearTimeout(timer))
  })
  sent.once('close', () => clearTimeout(timer))
}

export const createPool: CreatePool = (origin, limits) => {
  const { protocol, hostname, port } = new URL(origin)
  // An `import` would load everything that the module exports, Node's own undici included.
  const { Agent, request } = process.getBuiltinModule(protocol === 'https:' ? 'node:https' : 'node:http')
  const agent = new Agent({ keepAlive: true, maxSockets: limits.connections })
  let lastUsed = 0

  const send: HttpPool['send'] = ({ method, path, headers, body, ...own }) => {
    // A function that was frozen resumes with connections that were closed in the meantime, and no event says so.
    if (Date.now() - lastUsed > IDLE_MS)
      for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy()
    lastUsed = Date.now()
    return new Promise((resolve, reject) => {
      const sent = request({ agent, hostname, port, method, path, headers }, response => {
        const chunks: Buffer[] = []
        response.on('data', chunk => chunks.push(chunk))
        response.once('error', reject)
        response.once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks),
          }),
        )
      })
      sent.once('error', reject)
      applyTimeouts(sent, {
        connect: limits.connectTimeout,
        headers: own.headersTimeout ?? limits.headersTimeout ?? DEFAULT_TIMEOUT_MS,
        body: own.bodyTimeout ?? limits.bodyTimeout ?? DEFAULT_TIMEOUT_MS,
      })
      sent.end(body ?? undefined)
    })
  }

  return { send, destroy: async () => agent.destroy() }
}
