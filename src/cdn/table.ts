/**
 * Rows of the purge of the CDN, all in one partition of the control table: changes that wait, purges on their way, the paths of each
 * month, and the state that functions read before they let the CDN keep a response for long.
 */

import { type ControlKey, partition } from '../core/control/row-kind.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { rejectionOf } from '../core/dynamo/conditional.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { Item, Write } from '../core/dynamo/write.ts'
import { epochSeconds, newSortKey, newVersion } from '../core/ids.ts'
import type { TableNames } from '../tables/definitions.ts'
import { type Change, EVERYTHING, mergeScopes, pathsOf } from './scope.ts'
import { LONG_SHARING_MS, SETTLE_MS } from './timing.ts'
import { CHANGE, createWaitingChange, parseWaitingChange, type WaitingChange } from './waiting-change.ts'

const { key } = CONTROL_ROWS.cdnPurge
const [PURGE, MONTH] = ['purge#', 'month#']
const STATE = key('state')
/** What waits is of no use after a day, and the paths of a month are kept for a year. */
const [DAY_MS, YEAR_MS] = [86_400_000, 366 * 86_400_000]
/** A transaction has at most 100 writes. */
const MAX_CHANGES = 90

/** A purge that is paid for: sending it again under the same reference costs nothing, and does nothing twice. */
export type Purge = {
  readonly key: ControlKey
  readonly reference: string
  readonly paths: readonly string[]
  readonly sendAt: number
}

export type State = {
  /** Until when responses may be shared for long; 0: not at all. */
  readonly longUntil: number
  /** Until when the last purge that took too long is held against the next ones; 0: none did. */
  readonly slowUntil: number
  /** New with each write; undefined before the first. */
  readonly version: string | undefined
}

export type Waiting = {
  readonly changes: readonly WaitingChange[]
  readonly purges: readonly Purge[]
  readonly state: State
}

const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0)
const textsOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])
const keyOf = ({ pk, sk }: Item): ControlKey => ({ pk: String(pk), sk: String(sk) })

const parsePurge = (row: Item): Purge => ({
  key: keyOf(row),
  reference: String(row.sk).slice(PURGE.length),
  paths: textsOf(row.paths),
  sendAt: numberOf(row.send_at),
})

const parseState = (row: Item | undefined): State => ({
  longUntil: numberOf(row?.long_until),
  slowUntil: numberOf(row?.slow_until),
  version: row === undefined ? undefined : String(row.version),
})

const expiresAt = (time: number, ms: number): number => epochSeconds(new Date(time + ms))

export type PurgeTable = {
  /**
   * Lets these changes wait for a purge; undefined without a change. They must be in the change log already: from now on the time runs
   * in which every function reads them there.
   */
  readonly enqueue: (changes: readonly Change[], now: Date) => Promise<WaitingChange | undefined>
  readonly read: () => Promise<Waiting>
  /** The state alone, for the functions. */
  readonly readState: () => Promise<State>
  /**
   * Makes these changes one purge and counts its paths, in one transaction; at most `limit` paths are counted in a month. The last
   * path purges everything, and from then on no response of this month is shared for long; so is none where the limit was lowered to
   * what is spent, and nothing more is purged then. Undefined where another process was faster, or nothing is left to purge.
   */
  readonly claim: (changes: readonly WaitingChange[], limit: number, now: Date) => Promise<Purge | undefined>
  readonly finish: (purge: Purge) => Promise<void>
  /** From now on responses are shared briefly: a purge has failed, or took too long, which counts until `slowUntil`. */
  readonly forbidLongSharing: (slowUntil: number) => Promise<void>
  /**
   * Responses may be shared for long, unless of the `limit` of the month no path is left, or the state is not the one that was `read`
   * before all else any more.
   */
  readonly allowLongSharing: (read: State, limit: number, now: Date) => Promise<void>
}

const monthKey = (now: Date): ControlKey => key(`${MONTH}${now.toISOString().slice(0, 7)}`)
/** The month's paths are not used up; with `:open` = false. */
const IS_OPEN = '(attribute_not_exists(is_used_up) OR is_used_up = :open)'

export const createPurgeTable = (
  db: Pick<Dynamo, 'pages' | 'get' | 'write' | 'transact'>,
  { control: table }: Pick<TableNames, 'control'>,
): PurgeTable => {
  /** Counts `paths` of the month; `most`: those that may have been counted before. */
  const count = (now: Date, paths: number, most: number, isLast: boolean): Write => ({
    action: 'Update',
    table,
    key: monthKey(now),
    set: 'SET spent = if_not_exists(spent, :none) + :paths, expires_at = :expires, is_used_up = :last',
    // A row that is not there has counted none: that `most` is not negative, the caller has seen to.
    condition: `${IS_OPEN} AND (attribute_not_exists(spent) OR spent <= :most)`,
    values: {
      ':none': 0,
      ':paths': paths,
      ':most': most,
      ':open': false,
      ':last': isLast,
      ':expires': expiresAt(now.getTime(), YEAR_MS),
    },
  })

  /** Ends the purges of the month. */
  const close = (now: Date): Write => ({
    action: 'Update',
    table,
    key: monthKey(now),
    set: 'SET is_used_up = :last, expires_at = :expires',
    condition: IS_OPEN,
    values: { ':open': false, ':last': true, ':expires': expiresAt(now.getTime(), YEAR_MS) },
  })

  const takeOver = (changes: readonly WaitingChange[]): Write[] =>
    changes.map(change => ({
      action: 'Delete',
      table,
      key: change.key,
      condition: 'attribute_exists(pk)',
    }))

  const putState = (state: Omit<State, 'version'>): Write => ({
    action: 'Put',
    table,
    item: { ...STATE, long_until: state.longUntil, slow_until: state.slowUntil, version: newVersion() },
  })

  const newPurge = (paths: readonly string[], sendAt: number, now: Date): Purge => {
    const reference = newSortKey(now)
    return { key: key(PURGE + reference), reference, paths, sendAt }
  }

  const putPurge = ({ key, paths, sendAt }: Purge): Write => ({
    action: 'Put',
    table,
    item: { ...key, paths, send_at: sendAt, expires_at: expiresAt(sendAt, DAY_MS) },
  })

  /** Carries out the writes, of which `counting` counts paths; what refused them, if anything did. */
  const attempt = async (
    counting: Write,
    others: readonly Write[],
  ): Promise<'done' | 'used up' | 'taken'> => {
    const rejection = await rejectionOf(db.transact([counting, ...others]))
    return rejection === undefined ? 'done' : rejection.failed.has(counting) ? 'used up' : 'taken'
  }

  const claim: PurgeTable['claim'] = async (waiting, limit, now) => {
    const changes = waiting.slice(0, MAX_CHANGES)
    const paths = pathsOf(mergeScopes(changes.map(({ scope }) => scope)))
    const most = limit - 1 - paths.length
    if (most >= 0) {
      const purge = newPurge(paths, now.getTime(), now)
      const writes = [...takeOver(changes), putPurge(purge)]
      const outcome = await attempt(count(now, paths.length, most, false), writes)
      if (outcome !== 'used up') return outcome === 'done' ? purge : undefined
    }
    // Functions may not know yet that nothing is shared for long any more: what they still send is purged too.
    const last = newPurge([EVERYTHING], now.getTime() + SETTLE_MS, now)
    const ending = [...takeOver(changes), putState({ longUntil: 0, slowUntil: 0 })]
    const writes = [...ending, putPurge(last)]
    const outcome = limit < 1 ? 'used up' : await attempt(count(now, 1, limit - 1, true), writes)
    if (outcome !== 'used up') return outcome === 'done' ? last : undefined
    // Without a path left the month was not ended by its last purge, if the limit was lowered: what the CDN has stays for an hour at most.
    if ((await attempt(close(now), ending)) !== 'used up') return undefined
    // The last purge of the month was or will be after these changes, and nothing has been shared for long since.
    await rejectionOf(db.transact(takeOver(changes)))
    return undefined
  }

  return {
    enqueue: async (changes, now) => {
      if (changes.length === 0) return undefined
      const item = createWaitingChange(changes, now)
      await db.write({ action: 'Put', table, item }, true)
      return parseWaitingChange(item)
    },
    read: async () => {
      const rows: Item[] = []
      for await (const page of db.pages(partition(table, CONTROL_ROWS.cdnPurge.pk))) rows.push(...page)
      const beginning = (prefix: string) => rows.filter(({ sk }) => String(sk).startsWith(prefix))
      return {
        changes: beginning(CHANGE).map(parseWaitingChange),
        purges: beginning(PURGE).map(parsePurge),
        state: parseState(beginning(STATE.sk)[0]),
      }
    },
    readState: async () => parseState(await db.get(table, STATE)),
    claim,
    finish: purge => db.write({ action: 'Delete', table, key: purge.key }),
    forbidLongSharing: slowUntil => db.write(putState({ longUntil: 0, slowUntil })),
    allowLongSharing: async (read, limit, now) => {
      const isUnchanged: Pick<Write, 'condition' | 'values'> =
        read.version === undefined
          ? { condition: 'attribute_not_exists(pk)' }
          : { condition: 'version = :read', values: { ':read': read.version } }
      const isOpen: Write = {
        action: 'ConditionCheck',
        table,
        key: monthKey(now),
        condition: `${IS_OPEN} AND (attribute_not_exists(spent) OR spent < :limit)`,
        values: { ':open': false, ':limit': limit },
      }
      const state = putState({ longUntil: now.getTime() + LONG_SHARING_MS, slowUntil: 0 })
      await rejectionOf(db.transact([isOpen, { ...state, ...isUnchanged }]))
    },
  }
}
