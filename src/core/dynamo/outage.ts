/**
 * Outages of the database: why calls fail, for the operator. A cause is logged once for each outage with the database's own words, and
 * kept until a call of the same kind succeeds. What is refused for other reasons (a condition, throttling) is no outage.
 */
import { ShopError } from '../errors.ts'
import type { Log } from '../log/log.ts'
import { DynamoError, type Wire } from './wire.ts'

/** Causes of an outage. They are public: the health endpoint shows them to everybody. */
export const OUTAGE_CAUSES = [
  'disk_full',
  'disk_error',
  'read_only',
  'damaged',
  'unreachable',
  'other',
] as const
export type OutageCause = (typeof OUTAGE_CAUSES)[number]

export type Outage = {
  /** Which calls fail. */
  readonly calls: 'reads' | 'writes'
  readonly cause: OutageCause
  readonly since: Date
}

export type OutageMonitor = {
  /** The outages at present, none where the last read and the last write have succeeded. */
  readonly outages: () => readonly Outage[]
}

/** Words of SQLite, on which the embedded engine stores, and of the system. */
const WORDS: readonly (readonly [RegExp, OutageCause])[] = [
  [/disk is full|no space left|ENOSPC|EDQUOT/i, 'disk_full'],
  [/disk i\/o error|EFBIG|EIO\b/i, 'disk_error'],
  [/readonly|read-only|EROFS/i, 'read_only'],
  [/malformed|not a (valid )?(SQLite )?database|corrupt/i, 'damaged'],
]

/** What to do, for the log and for errors of a start. */
const ADVICE: { readonly [cause in OutageCause]: string } = {
  disk_full: 'the disk is full: make room on it, the shop then goes on by itself',
  disk_error: 'the disk does not take what is written: check the disk, quotas and limits of file sizes',
  read_only: 'the database file cannot be written: give the user of the shop the right to write it',
  damaged:
    'the database file is damaged: stop the shop and put a copy in its place (docs/local-mode.md); `npx cloudshelf doctor` shows what is damaged',
  unreachable: 'the database does not respond: check that it is running',
  other: 'the database refuses the call',
}

const causeIn = (text: string): OutageCause | undefined => WORDS.find(([words]) => words.test(text))?.[1]

/** The cause and its explanation, for an error of a call; undefined for an error that is no outage. */
export const explainOutage = (error: unknown): { cause: OutageCause; text: string } | undefined => {
  if (!(error instanceof ShopError) || error.code !== 'store_unavailable') return undefined
  const reason = error.cause
  // Without a reason the call was not sent: the request had used up its time.
  if (!(reason instanceof Error)) return undefined
  const said = reason.message.replace(/\s+/g, ' ').slice(0, 300)
  const cause = causeIn(said) ?? (reason instanceof DynamoError ? 'other' : 'unreachable')
  return { cause, text: `${ADVICE[cause]} (${said})` }
}

const WRITES = /^(Put|Update|Delete|TransactWrite|BatchWrite|Create)/
/** An outage that comes back within this time (ms) is the same one for the log. */
const SAME_WITHIN_MS = 60_000

/** `wire`, and the outages of its calls, which are logged. */
export const createMonitoredWire = (
  wire: Wire,
  log: Pick<Log, 'event' | 'failure'>,
  now: () => Date = () => new Date(),
): { readonly wire: Wire } & OutageMonitor => {
  const current = new Map<Outage['calls'], Outage & { readonly isLogged: boolean }>()
  const loggedAt = new Map<string, number>()

  const write = (calls: Outage['calls'], cause: OutageCause, text: string): void => {
    const failure = new Error(`${calls} fail: ${text}`)
    failure.stack = failure.message // where it was noticed says nothing
    // One lost response is nothing unusual, and an engine that is down is logged as such.
    if (cause === 'unreachable') log.event('database', failure.message)
    else log.failure(failure)
  }

  const fail = (calls: Outage['calls'], error: unknown): void => {
    const found = explainOutage(error)
    if (!found || current.get(calls)?.cause === found.cause) return
    const { cause, text } = found
    const [since, key] = [now(), `${calls} ${cause}`]
    const isLogged = since.getTime() - (loggedAt.get(key) ?? Number.NEGATIVE_INFINITY) >= SAME_WITHIN_MS
    current.set(calls, { calls, cause, since, isLogged })
    if (!isLogged) return
    loggedAt.set(key, since.getTime())
    write(calls, cause, text)
  }

  const succeed = (calls: Outage['calls']): void => {
    const outage = current.get(calls)
    if (!outage) return
    current.delete(calls)
    const seconds = Math.round((now().getTime() - outage.since.getTime()) / 1000)
    if (outage.isLogged) log.event('database', `${calls} succeed again, after ${seconds} s`)
  }

  const call: Wire['call'] = async (operation, input, options) => {
    const calls = WRITES.test(operation) ? 'writes' : 'reads'
    try {
      const answer = await wire.call(operation, input, options)
      succeed(calls)
      return answer
    } catch (error) {
      fail(calls, error)
      throw error
    }
  }

  return {
    wire: { ...wire, call },
    outages: () => [...current.values()].map(({ calls, cause, since }) => ({ calls, cause, since })),
  }
}
