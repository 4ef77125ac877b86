/** Limits of the shop's server: unfinished requests and idle time of a connection, and the number of connections. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { Socket } from 'node:net'

/** Requests on one connection that are not answered yet. Browsers send one at a time; more are sent by pipelining. */
const MAX_UNFINISHED = 8
const MAX_CONNECTIONS = 2_000
/** Milliseconds without progress, after which a connection ends: also one whose client does not read its response. */
const IDLE_MS = 30_000

/** Against clients that occupy connections by sending a request slowly (Slowloris). Milliseconds. */
const TIMEOUTS = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 5_000 }

/** Ends a connection with too many unfinished requests, before more of them are worked on. */
const boundRequests = (listener: RequestListener): RequestListener => {
  const unfinished = new WeakMap<Socket, number>()
  const add = (socket: Socket, change: 1 | -1): number => {
    const count = (unfinished.get(socket) ?? 0) + change
    unfinished.set(socket, count)
    return count
  }
  return (request, response) => {
    const { socket } = request
    // Requests that came in the same packet as the one too many.
    if (socket.destroyed) return
    if (add(socket, 1) > MAX_UNFINISHED) {
      socket.destroy()
      return
    }
    response.once('close', () => add(socket, -1))
    listener(request, response)
  }
}

/** An HTTP server whose connections are bounded in number, in unfinished requests and in time. */
export const createBoundedServer = (listener: RequestListener): Server => {
  const server = createServer(TIMEOUTS, boundRequests(listener))
  server.maxConnections = MAX_CONNECTIONS
  server.timeout = IDLE_MS
  return server
}
