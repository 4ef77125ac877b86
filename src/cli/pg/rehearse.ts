/**
 * `cloudshelf pg rehearse`: fills and follows a database of its own beside the running shop, kills that process again and again, compares
 * everything, and drops the database. Nothing of the shop is changed.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { migrate } from '../../core/sql/migrate.ts'
import { createPgSql } from '../../core/sql/pg.ts'
import { type Sql, SqlError } from '../../core/sql/sql.ts'
import { readLockOwner } from '../../local/data-folder.ts'
import { endJournalReader } from '../../local/journal/files.ts'
import { openJournalReader } from '../../local/journal/reader.ts'
import { countBackfilled, isBackfilled } from '../../projection/backfill.ts'
import { MIGRATIONS } from '../../projection/migrations.ts'
import { recordRun } from '../../projection/positions.ts'
import { createProjection } from '../../projection/projection.ts'
import { isClean, type Verification } from '../../projection/verify.ts'
import { CommandError, FAILED } from '../errors.ts'
import { counted, note, print, printJson } from '../output.ts'
import { startLine } from '../progress.ts'
import { printVerification, verifyWithProgress } from './verify.ts'
import { type CommandProjection, settledIn, withProjection } from './with-projection.ts'

export type RehearseOptions = { readonly kills: number; readonly json?: boolean }

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url))
/** Between two kills of the follower, in milliseconds: some come while it starts. */
const KILL_AFTER = [400, 3_000] as const
const POLL_MS = 200
const SETTLE_MS = 120_000
const NO_RIGHT = '42501'

const createDatabase = async (sql: Sql, name: string): Promise<void> => {
  try {
    await sql.query(`create database ${name}`)
  } catch (error) {
    if (!(error instanceof SqlError && error.state === NO_RIGHT)) throw error
    throw new CommandError(
      'the user of DATABASE_URL may not create databases: run `alter role … createdb`, or rehearse with DATABASE_URL of another server',
    )
  }
}

/** Follower in a process of its own, started again after each kill. */
const startFollowing = (url: string, reader: string) => {
  let child: ChildProcess | undefined
  let isEnding = false
  const start = (): void => {
    child = spawn(process.execPath, [MAIN, 'pg', 'follow', '--reader', reader], {
      env: { ...process.env, DATABASE_URL: url },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }
  start()
  return {
    hasFailed: () => !isEnding && child?.exitCode != null && child.exitCode !== 0,
    kill: async () => {
      await end('SIGKILL')
      start()
    },
    end: () => {
      isEnding = true
      return end('SIGKILL')
    },
  }
}

type Rehearsal = {
  readonly items: number
  readonly kills: number
  readonly filledSeconds: number
  readonly lagSeconds: number
  readonly verifySeconds: number
  readonly result: Verification
}

const rehearse = async (
  projection: CommandProjection,
  url: string,
  sql: Sql,
  reader: string,
  kills: number,
): Promise<Rehearsal> => {
  const { given, pseudonyms } = projection
  const own = { ...projection, ...createProjection({ ...given, sql }), pseudonyms }
  await migrate(sql, MIGRATIONS)
  const line = startLine()
  const since = performance.now()
  const following = startFollowing(url, reader)
  let filledSeconds: number | undefined
  try {
    let done = 0
    let next = performance.now() + randomInt(...KILL_AFTER)
    while (done < kills || filledSeconds === undefined) {
      await sleep(POLL_MS)
      if (following.hasFailed()) throw new CommandError('the follower cannot start: see its message above')
      if (filledSeconds === undefined && (await isBackfilled(own)))
        filledSeconds = (performance.now() - since) / 1000
      line.show(`${counted(await countBackfilled(own), 'item')} applied, killed ${done} of ${kills} times`)
      if (done === kills || performance.now() < next) continue
      await following.kill()
      done++
      // Each kill comes later, so that the backfill gets on.
      next = performance.now() + randomInt(...KILL_AFTER) * (1 + done / 2)
    }
    line.end()
    const asked = performance.now()
    const settled = (at: Date) => settledIn(sql, at, SETTLE_MS)
    if (!(await settled(new Date()))) throw new CommandError('the follower does not catch up')
    const lagSeconds = (performance.now() - asked) / 1000
    const verifying = performance.now()
    const result = await verifyWithProgress({ ...own, settled }, false)
    const items = Object.values(result.tables).reduce((total, one) => total + one.items, 0)
    const verifySeconds = (performance.now() - verifying) / 1000
    return { items, kills, filledSeconds, lagSeconds, verifySeconds, result }
  } finally {
    line.end()
    await following.end()
  }
}

const tenths = (seconds: number): number => Math.round(seconds * 10) / 10

export const runRehearse = ({ kills, json }: RehearseOptions): Promise<void> =>
  withProjection(
    async projection => {
      const { sql, url, dataDir } = projection
      if (readLockOwner(dataDir)?.kind === 'command')
        throw new CommandError('start the shop first: a rehearsal runs beside it, and follows what it sells')
      const started = new Date().toISOString()
      const name = `cloudshelf_rehearsal_${randomBytes(4).toString('hex')}`
      await createDatabase(sql, name)
      const own = new URL(url)
      own.pathname = name
      const ownSql = createPgSql({ url: own.href })
      try {
        // Registered by this process, so that it ends with it, whatever becomes of the follower.
        await openJournalReader(dataDir, name, { endsWithProcess: true })
        const done = await rehearse(projection, own.href, ownSql, name, kills)
        const { items, filledSeconds, lagSeconds, verifySeconds, result } = done
        const { missing, differ, extra, parked } = result
        const ended = new Date().toISOString()
        await recordRun(sql, {
          kind: 'rehearse',
          started,
          ended,
          counted: { items, kills },
          missing,
          differ,
          extra,
          parked,
        })
        if (!isClean(result)) process.exitCode = FAILED
        if (json) {
          printJson({
            items,
            kills,
            filled_seconds: tenths(filledSeconds),
            caught_up_seconds: tenths(lagSeconds),
            verify_seconds: tenths(verifySeconds),
            ...result,
          })
          return
        }
        print(`filled with ${counted(items, 'item')} in ${tenths(filledSeconds)} s, killed ${kills} times`)
        print(
          `caught up with the shop within ${tenths(lagSeconds)} s, compared in ${tenths(verifySeconds)} s`,
        )
        printVerification(result)
        print(
          isClean(result)
            ? 'PostgreSQL would say what the tables say. The rehearsal’s database is dropped.'
            : 'PostgreSQL would NOT say what the tables say: please report it. The rehearsal’s database is dropped.',
        )
      } finally {
        endJournalReader(dataDir, name)
        await ownSql.close()
        await sql
          .query(`drop database if exists ${name} with (force)`)
          .catch(() => note(`cloudshelf: drop the database ${name} yourself: PostgreSQL cannot be reached`))
      }
    },
    { withoutFollower: true },
  )
