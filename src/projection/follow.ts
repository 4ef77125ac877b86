/**
 * Follower: applies what is captured, as long as the shop runs. It rests three times as long as it works, so that requests have the
 * process; while PostgreSQL is down the journal waits. It fills an empty projection by a backfill, and compares everything where
 * changes may have been missed.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { ShopError } from '../core/errors.ts'
import { migrate } from '../core/sql/migrate.ts'
import { isUnavailable, type SqlQueries } from '../core/sql/sql.ts'
import { backfill, isBackfilled } from './backfill.ts'
import type { ChangeReader, FollowDeps, Follower, ProjectionState } from './follower.ts'
import { createMarker, type Marker } from './marker.ts'
import { MIGRATIONS } from './migrations.ts'
import { claimDatabase, OtherShopError, RebuiltError, readGeneration } from './positions.ts'
import { readSaved, type Saved, writeSaved } from './saved-position.ts'
import { isSearchCurrent, recordSearchVersion } from './search-check.ts'
import { verify } from './verify.ts'

type Batch<P> = ReturnType<ChangeReader<P>['read']> & { readonly startedAt: number }

const KEYS_AT_ONCE = 500
const POLL_MS = 200
const REST_FACTOR = 3
/** How often the time up to which all is applied is saved while nothing happens. */
const SAVE_MS = 1_000
const RETRY_MS = [1_000, 2_000, 5_000, 10_000] as const
const SETTLE_MS = 30_000

const isOutage = (error: unknown): boolean => isUnavailable(error) || error instanceof ShopError

/** Starts the follower, which migrates the database first. It does not throw: what fails is logged, and tried again. */
export const startFollower = <P>(deps: FollowDeps<P>): Follower => {
  const { sql, apply, log, machineRun, pollMs = POLL_MS, restFactor = REST_FACTOR, retryMs = RETRY_MS } = deps
  const stopping = new AbortController()
  const { signal } = stopping
  let state: ProjectionState = 'starting'
  /** Up to when changes are applied, and the same once the backfill is done. */
  let followed: Date | undefined
  let isFilled = false
  let items: number | undefined
  let reader: ChangeReader<P> | undefined
  let marker: Marker | undefined
  /** What was read and is not applied yet: after a failure it is tried again, before anything else is read. */
  let batch: Batch<P> | undefined
  /** The position up to which all is applied, and when that was read. */
  let done: { readonly position: P; readonly until: Date } | undefined
  /** Why everything is to be compared, and why it is being compared. */
  const reasons = new Set<string>()
  let comparing: readonly string[] = []
  /** Whether something was applied since the marker was renewed. */
  let isMarkerDue = false
  let savedAt = 0
  let generation = ''

  const rest = async (workedMs: number): Promise<void> => {
    await sleep(Math.max(pollMs, restFactor * workedMs), undefined, { signal, ref: false }).catch(() => {})
  }

  const save = (transaction: SqlQueries, position: P, at: Date, isStopped = false) => {
    const saved: Saved = {
      reader: position,
      asOf: (isFilled ? at : new Date(0)).toISOString(),
      machineRun,
      isStopped,
      reasons: [...new Set([...comparing, ...reasons])],
      ...(marker?.current !== undefined && { marker: marker.current }),
    }
    return writeSaved(transaction, saved, generation)
  }

  const open = async (): Promise<ChangeReader<P>> => {
    await migrate(sql, MIGRATIONS)
    await claimDatabase(sql, deps.pseudonyms.fingerprint)
    generation = await readGeneration(sql)
    const saved = await readSaved(sql)
    if (deps.controlTable !== undefined) marker ??= createMarker(deps.db, deps.controlTable)
    const found = await marker?.read()
    for (const reason of saved?.reasons ?? []) reasons.add(reason)
    const opened = await deps.openReader(saved?.reader as P | undefined)
    if (opened.isNew && saved) reasons.add('the journal was not kept')
    if (saved && found !== saved.marker)
      reasons.add('the tables are not those that were followed: were they restored?')
    if (saved && saved.machineRun !== machineRun && !saved.isStopped)
      reasons.add('the machine was restarted while the shop ran')
    if (saved && !(await isSearchCurrent(sql))) reasons.add('the documents of search are of another release')
    if (saved && reasons.size > 0) {
      const known = { ...saved, reasons: [...reasons] }
      await apply([], transaction => writeSaved(transaction, known, generation))
    }
    marker?.use(found)
    return opened
  }

  /** Renews the marker if something was applied since, at most once a minute, or at once. Returns whether it may have changed. */
  const renewMarker = async (isAtOnce = false): Promise<boolean> => {
    if (!isMarkerDue || !(await marker?.renew(isAtOnce))) return false
    isMarkerDue = false
    return true
  }

  /** Applies the next captured keys. Returns whether there are more. */
  const followOnce = async (from: ChangeReader<P>): Promise<boolean> => {
    batch ??= { ...from.read(KEYS_AT_ONCE), startedAt: Date.now() }
    const { keys, unknown, position, openSince, isAtEnd, startedAt } = batch
    for (const reason of unknown) reasons.add(reason)
    const at = new Date(Math.min(startedAt, openSince ?? startedAt))
    const isDue = keys.length > 0 || startedAt - savedAt >= SAVE_MS
    if (isDue) {
      const until = (isAtEnd ? at : followed) ?? new Date(0)
      const applied = await apply(keys, transaction => save(transaction, position, until))
      done = { position, until }
      isMarkerDue ||= applied.written + applied.removed + applied.parked > 0
      // The position must have the marker that is in the table now.
      if (await renewMarker()) await apply([], transaction => save(transaction, position, until))
      savedAt = startedAt
      from.commit(position)
    }
    batch = undefined
    if (isAtEnd) followed = at
    return !isAtEnd
  }

  /** Follows for as long as there is something, with rests. */
  const follow = async (from: ChangeReader<P>): Promise<void> => {
    for (let isMore = true; isMore && !signal.aborted; ) {
      const since = performance.now()
      isMore = await followOnce(from)
      await rest(performance.now() - since)
    }
  }

  const settled: Follower['settled'] = async (since, ms = SETTLE_MS) => {
    const deadline = performance.now() + ms
    while (!signal.aborted && performance.now() < deadline) {
      if (isFilled && followed && followed > since) return true
      await sleep(pollMs / 4)
    }
    return false
  }

  const pass = (from: ChangeReader<P>) => ({
    signal,
    pause: async (workedMs: number) => {
      await followOnce(from)
      await rest(workedMs)
    },
    onProgress: (read: number) => {
      items = read
    },
  })

  const work = async (from: ChangeReader<P>): Promise<void> => {
    // Before it is read how far it is filled: a generation that is older than that writes nothing.
    generation = await readGeneration(sql)
    isFilled = await isBackfilled(deps)
    if (!isFilled) {
      state = 'backfill'
      await backfill(deps, pass(from))
      isFilled = await isBackfilled(deps)
      if (signal.aborted || !isFilled) return
      if (reasons.size === 0) await apply([], transaction => recordSearchVersion(transaction, generation))
    }
    if (reasons.size > 0 && !signal.aborted) {
      state = 'verifying'
      log.event('projection', `comparing every item: ${[...reasons].join(', ')}`)
      comparing = [...reasons]
      reasons.clear()
      const settledHere = async (since: Date): Promise<boolean> => {
        while (!signal.aborted && !(followed && followed > since)) await follow(from)
        return !signal.aborted
      }
      let isCompared = false
      try {
        const result = await verify({ ...deps, settled: settledHere }, { ...pass(from), mend: true })
        isCompared = !signal.aborted
        const different = result.missing + result.differ + result.extra
        if (isCompared) log.event('projection', `compared: ${different} items were different and are applied`)
      } finally {
        if (!isCompared) for (const reason of comparing) reasons.add(reason)
        comparing = []
      }
    }
    items = undefined
    state = 'following'
    await follow(from)
  }

  const saveStopped = async ({ position, until }: NonNullable<typeof done>): Promise<void> => {
    await renewMarker(true)
    await apply([], transaction => save(transaction, position, until, true))
  }

  const run = async (): Promise<void> => {
    let failures = 0
    let logged = ''
    while (!signal.aborted) {
      try {
        reader ??= await open()
        await work(reader)
        if (logged !== '') log.event('projection', 'PostgreSQL is followed again')
        failures = 0
        logged = ''
      } catch (error) {
        if (error instanceof RebuiltError) {
          await rest(0)
          continue
        }
        // Another shop's database may be emptied for this one while it runs: `pg rebuild`.
        const isRefused = error instanceof OtherShopError
        state = isRefused ? 'refused' : 'waiting'
        const message = error instanceof Error ? error.message : String(error)
        if (message !== logged)
          isOutage(error) ? log.event('projection', `waiting: ${message}`) : log.failure(error)
        logged = message
        const pause = isRefused ? retryMs.at(-1) : retryMs[Math.min(failures++, retryMs.length - 1)]
        await sleep(pause, undefined, { signal, ref: false }).catch(() => {})
      }
    }
    // Nothing is read any more: what is not applied stays in the journal, after this position.
    if (done && state !== 'waiting' && state !== 'refused') await saveStopped(done).catch(() => {})
  }

  const running = run()
  return {
    status: () => ({ state, asOf: isFilled ? followed : undefined, items, generation }),
    settled,
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}
