/**
 * Address of the embedded engine, which answers whoever reaches it. Two barriers keep web pages away: a random loopback address
 * (127.x.x.x, where the system has more than 127.0.0.1), of which there are too many to try, and a port that browsers refuse.
 */
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { StartError } from './start-error.ts'

export type EngineAddress = { readonly host: string; readonly port: number }

/**
 * The "bad ports" of the Fetch standard (https://fetch.spec.whatwg.org/#port-blocking) that need no privilege: no page can request
 * them. Two are left out, which Chromium does not refuse (4190, 6679). All are below every system's range for outgoing connections:
 * one of those could take the port while the engine is down, and a client that keeps connecting to it can even end up connected to
 * itself.
 */
export const PORTS_CLOSED_TO_PAGES = [
  1719, 1720, 1723, 2049, 3659, 4045, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6697, 10_080,
] as const

const ONLY_ADDRESS = '127.0.0.1'
const ADDRESSES_TRIED = 3

/** The code of the error that prevents listening on an address; undefined when it is free. */
type TryAddress = (address: EngineAddress) => Promise<string | undefined>

const tryAddress: TryAddress = ({ host, port }) =>
  new Promise(done => {
    const server = createServer().once('error', (error: NodeJS.ErrnoException) =>
      done(error.code ?? error.message),
    )
    server.listen(port, host, () => server.close(() => done(undefined)))
  })

const randomHost = (): string => ['127', ...Array.from({ length: 3 }, () => randomInt(1, 255))].join('.')

const shuffled = (ports: readonly number[]): number[] => {
  const rest = [...ports]
  return ports.map(() => rest.splice(randomInt(rest.length), 1)[0] as number)
}

/** A free port of `host`; undefined when there is none, and 'no address' when the system does not have this address. */
const freePort = async (host: string, attempt: TryAddress): Promise<number | 'no address' | undefined> => {
  for (const port of shuffled(PORTS_CLOSED_TO_PAGES)) {
    const error = await attempt({ host, port })
    if (error === undefined) return port
    if (error === 'EADDRNOTAVAIL') return 'no address'
  }
  return undefined
}

/**
 * A free address for the engine: random, or 127.0.0.1 on a system that has no other (macOS). Throws StartError when each of the ports
 * is taken.
 */
export const findEngineAddress = async (attempt: TryAddress = tryAddress): Promise<EngineAddress> => {
  const hosts = Array.from({ length: ADDRESSES_TRIED }, randomHost)
  for (const host of [...hosts, ONLY_ADDRESS]) {
    const port = await freePort(host, attempt)
    if (typeof port === 'number') return { host, port }
  }
  throw new StartError(
    `no free port for the embedded engine among ${PORTS_CLOSED_TO_PAGES.join(', ')}: stop a program that listens on one of them`,
  )
}
