/** A pool of Node's own agent, for functions: it is there without being loaded, which undici's takes longer for than all calls after it. */
import type { ClientRequest } from 'node:http'
import { CONNECT_TIMEOUT, type CreatePool, type HttpPool } from './http-pool.ts'

/** Longer than this without a request, and the other end may have closed a connection. */
const IDLE_MS = 4_000
/** Where neither the pool nor the request says. */
const PATIENCE_MS = 300_000

/** Ends a request when it takes longer than it may: to be connected, to be answered, and between two pieces of the answer. */
const limited = (
  sent: ClientRequest,
  limits: { readonly connect: number; readonly headers: number; readonly body: number },
): void => {
  const end = (code: string) => () => {
    sent.destroy(Object.assign(new Error(`nothing came in time: ${code}`), { code }))
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
  // An `import` would load all that the module names, Node's own undici among it.
  const { Agent, request } = process.getBuiltinModule(protocol === 'https:' ? 'node:https' : 'node:http')
  const agent = new Agent({ keepAlive: true, maxSockets: limits.connections })
  let lastUsed = 0

  const send: HttpPool['send'] = ({ method, path, headers, body, ...own }) => {
    // A function that was frozen wakes with connections that were closed meanwhile, and has not heard of it.
    if (Date.now() - lastUsed > IDLE_MS)
      for (const socket of Object.values(agent.freeSockets).flat()) socket?.destroy()
    lastUsed = Date.now()
    return new Promise((answered, failed) => {
      const sent = request({ agent, hostname, port, method, path, headers }, response => {
        const chunks: Buffer[] = []
        response.on('data', chunk => chunks.push(chunk))
        response.once('error', failed)
        response.once('end', () =>
          answered({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }),
        )
      })
      sent.once('error', failed)
      limited(sent, {
        connect: limits.connectTimeout,
        headers: own.headersTimeout ?? limits.headersTimeout ?? PATIENCE_MS,
        body: own.bodyTimeout ?? limits.bodyTimeout ?? PATIENCE_MS,
      })
      sent.end(body ?? undefined)
    })
  }

  return { send, destroy: async () => agent.destroy() }
}
