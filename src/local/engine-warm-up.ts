/** Warm-up of the engine's allocator: a fresh engine returns memory to the system after each item that it reads, and requests it again. */
import { connect, type Socket } from 'node:net'
import { PROBE_HEADERS } from './engine-process.ts'

/** Connections opened at once, and the fraction of them that stays open. */
const CONNECTIONS = 256
const KEPT = 32
/** Time limit of a connection, in milliseconds. */
const PATIENCE_MS = 2_000

const REQUEST = [
  'POST / HTTP/1.1',
  'host: engine',
  ...Object.entries(PROBE_HEADERS).map(([name, value]) => `${name}: ${value}`),
  'content-length: 2',
  '',
  '{}',
].join('\r\n')

/** A connection that has received one response; undefined on failure. */
const answered = ({ hostname: host, port }: URL, signal: AbortSignal): Promise<Socket | undefined> =>
  new Promise(done => {
    const socket = connect({ port: Number(port), host, signal })
    socket.setTimeout(PATIENCE_MS, () => socket.destroy())
    socket.on('connect', () => socket.write(REQUEST))
    socket.once('data', () => done(socket.resume()))
    socket.on('error', () => {}) // `close` follows
    socket.on('close', () => done(undefined))
  })

/**
 * musl's allocator unmaps memory as soon as its last chunk is free: one call for 32 items maps and unmaps memory more than a
 * hundred times. It does not when chunks of every size are in use throughout the heap, which is the state after many connections
 * were open at once and most were closed: see docs/decisions/0061. Never rejects; the remaining connections end with the engine,
 * or by `signal`.
 */
export const warmUpEngine = async (endpoint: string, signal: AbortSignal): Promise<void> => {
  // Elsewhere it is built with another allocator; and a connection begun under a signal that is over would be made, and stay.
  if (process.platform !== 'linux' || signal.aborted) return
  const url = new URL(endpoint)
  const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => answered(url, signal)))
  for (const [place, socket] of sockets.entries())
    if (place % KEPT > 0) socket?.destroy()
    else socket?.setTimeout(0).unref()
}
