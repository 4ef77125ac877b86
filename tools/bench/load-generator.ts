/**
 * Load generator, a worker: sends prepared requests over a fixed number of connections, one at a time on each. It implements only the
 * necessary HTTP/1.1 over sockets, because on two cores the generator's CPU is taken from the shop.
 */
import { connect, type Socket } from 'node:net'
import { serveJobs } from './worker.ts'

/** Named list of raw requests. */
export type LoadJob =
  | {
      readonly kind: 'prepare'
      readonly name: string
      readonly port: number
      readonly connections: number
      readonly requests: readonly string[]
      /** Status that every response must have. */
      readonly status: number
      /** Text that every response must contain, if the status is not sufficient. */
      readonly contains?: string
      /** Whether each request is sent only once; otherwise the list repeats. */
      readonly once: boolean
    }
  | { readonly kind: 'run'; readonly name: string; readonly seconds: number }

/** Result of a run: latencies in milliseconds, one per response, unordered. */
export type LoadResult = {
  readonly seconds: number
  readonly latencies: Float64Array
  readonly exhausted: boolean
}

type Prepared = Extract<LoadJob, { kind: 'prepare' }> & { next: number }

const HEAD_LIMIT = 8192
const prepared = new Map<string, Prepared>()

const takeNext = (load: Prepared): string | undefined => {
  if (load.once && load.next >= load.requests.length) return undefined
  return load.requests[load.next++ % load.requests.length]
}

const LAST_CHUNK = Buffer.from('\r\n0\r\n\r\n')

const createUnexpectedResponse = (request: string, answer: Buffer): Error =>
  new Error(`${request.split('\r\n')[0]} was answered with ${answer.toString().slice(0, 600)}`)

/**
 * Length of the whole response that starts with these bytes; `chunked` if only its last chunk shows the end. Throws if the status is
 * not `status`.
 */
const readResponseLength = (
  bytes: Buffer,
  status: number,
  request: string,
): number | 'chunked' | undefined => {
  const head = bytes.toString('latin1', 0, HEAD_LIMIT)
  const end = head.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  if (!head.startsWith(`HTTP/1.1 ${status} `)) throw createUnexpectedResponse(request, bytes)
  const length = /\r\ncontent-length: (\d+)/i.exec(head.slice(0, end))?.[1]
  if (length !== undefined) return end + 4 + Number(length)
  if (/\r\ntransfer-encoding: chunked/i.test(head.slice(0, end))) return 'chunked'
  throw createUnexpectedResponse(request, bytes)
}

/** A connection that sends the next request when the last is answered, until `take` returns none. */
const runConnection = (
  load: Prepared,
  take: () => string | undefined,
  answered: (milliseconds: number) => void,
): Promise<void> =>
  new Promise((done, failed) => {
    const socket: Socket = connect(load.port, '127.0.0.1')
    socket.setNoDelay(true)
    let request = ''
    let sentAt = 0
    let first: Buffer | undefined
    /** The response so far, if its text or its end must be checked. */
    let parts: Buffer[] = []
    let received = 0
    let expected: number | 'chunked' | undefined
    const send = (): void => {
      const next = take()
      if (next === undefined) {
        socket.destroy()
        done()
        return
      }
      request = next
      first = undefined
      parts = []
      received = 0
      expected = undefined
      sentAt = performance.now()
      socket.write(next)
    }
    socket.on('connect', send)
    socket.on('error', failed)
    socket.on('end', () => failed(new Error(`the connection was closed under ${request.split('\r\n')[0]}`)))
    socket.on('data', bytes => {
      received += bytes.length
      if (load.contains !== undefined || expected === 'chunked') parts.push(bytes)
      if (expected === undefined) {
        first = first ? Buffer.concat([first, bytes]) : bytes
        try {
          expected = readResponseLength(first, load.status, request)
        } catch (error) {
          socket.destroy()
          return failed(error)
        }
      }
      if (expected === undefined) return
      if (expected === 'chunked') {
        if (
          !(parts.length > 0 ? Buffer.concat(parts) : bytes).subarray(-LAST_CHUNK.length).equals(LAST_CHUNK)
        )
          return
      } else if (received < expected) return
      if (load.contains !== undefined && !Buffer.concat(parts).includes(load.contains)) {
        socket.destroy()
        return failed(createUnexpectedResponse(request, Buffer.concat(parts)))
      }
      answered(performance.now() - sentAt)
      send()
    })
  })

const run = async (load: Prepared, seconds: number): Promise<LoadResult> => {
  const latencies: number[] = []
  const start = performance.now()
  const until = start + seconds * 1000
  let exhausted = false
  const take = (): string | undefined => {
    if (performance.now() >= until) return undefined
    const next = takeNext(load)
    exhausted ||= next === undefined
    return next
  }
  await Promise.all(
    Array.from({ length: load.connections }, () => runConnection(load, take, taken => latencies.push(taken))),
  )
  return { seconds: (performance.now() - start) / 1000, latencies: Float64Array.from(latencies), exhausted }
}

serveJobs<LoadJob, LoadResult>(async job => {
  if (job.kind === 'prepare') {
    prepared.set(job.name, { ...job, next: 0 })
    return { seconds: 0, latencies: new Float64Array(), exhausted: false }
  }
  const load = prepared.get(job.name)
  if (!load) throw new Error(`nothing is prepared under ${job.name}`)
  return run(load, job.seconds)
})
