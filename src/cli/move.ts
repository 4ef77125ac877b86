/** `cloudshelf move`: moves the shop to another database while it sells, and back. */
import { randomBytes } from 'node:crypto'
import { Command } from 'commander'
import { DynamoError } from '../core/dynamo/wire.ts'
import { SHORTEST_PAUSE_MS } from '../move/copier.ts'
import { type MoveResult, runMove } from '../move/move.ts'
import { compareContents } from '../move/pass.ts'
import { type Place, readContents } from '../move/place.ts'
import { isOver, type MoveRecord, readMoveRecord, writeMoveRecord } from '../move/record.ts'
import { CommandError } from './errors.ts'
import { withMoveFolder, withPlaces } from './move-places.ts'
import { abandonLast, openMoved, showStatus } from './move-state.ts'
import { parsePause } from './option-values.ts'
import { counted, note, print, printJson } from './output.ts'
import { startLine } from './progress.ts'

type Options = {
  readonly from?: string
  readonly to?: string
  readonly back?: boolean
  readonly abandon?: boolean
  readonly status?: boolean
  readonly open?: string
  readonly yes?: boolean
  readonly dryRun?: boolean
  readonly bucket?: string
  readonly maxPause: number
  readonly json?: boolean
}

const newRecord = (from: string, to: string, bucket: string | undefined, isBack = false): MoveRecord => ({
  id: `move-${randomBytes(8).toString('hex')}`,
  from,
  to,
  ...(bucket === undefined ? {} : { bucket }),
  ...(isBack && { isBack }),
  started: new Date().toISOString(),
  step: 'preparing',
})

/** The move to be run: a new one, or the one that was cut off. Throws CommandError where the options do not fit it. */
const chooseMove = (last: MoveRecord | undefined, { from, to, back, bucket }: Options): MoveRecord => {
  if (back) {
    if (from !== undefined || to !== undefined)
      throw new CommandError('--back takes neither --from nor --to: it moves the shop to where it came from')
    if (!last) throw new CommandError('there is no move to go back on')
    if (last.step === 'done') return newRecord(last.to, last.from, bucket ?? last.bucket, true)
    // A way back that was cut off is continued, one that was abandoned is begun again.
    if (last.isBack) return isOver(last) ? newRecord(last.from, last.to, bucket ?? last.bucket, true) : last
    throw new CommandError(
      'the last move has not been finished: repeat it, or end it with `cloudshelf move --abandon`',
    )
  }
  if (last && !isOver(last)) {
    const isSame = (from ?? last.from) === last.from && (to ?? last.to) === last.to
    if (isSame) return { ...last, ...(bucket === undefined ? {} : { bucket }) }
    throw new CommandError(
      `a move from ${last.from} to ${last.to} has not been finished: repeat it, or end it with \`cloudshelf move --abandon\``,
    )
  }
  if (from === undefined || to === undefined)
    throw new CommandError('--from and --to say where the shop is and where it moves to')
  return newRecord(from, to, bucket)
}

const secondsText = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

const resultText = ({ to }: MoveRecord, { items, covers, pauseMs, differences }: MoveResult): string[] => {
  const { missing, differing, extra } = differences
  const pause = pauseMs === undefined ? 'its last step was done' : `no orders for ${secondsText(pauseMs)}`
  return [
    `The shop is at ${to} now: ${pause}.`,
    ...(pauseMs === undefined
      ? []
      : [
          `${counted(items, 'item')} verified: ${missing} missing, ${differing} differing, ${extra} extra; ${counted(covers.copied, 'cover')} copied`,
        ]),
    ...(covers.lost > 0 ? [`${counted(covers.lost, 'cover')} not found where the shop was`] : []),
  ]
}

const run = (options: Options): Promise<void> =>
  withMoveFolder(async folder => {
    const last = readMoveRecord(folder)
    let record = chooseMove(last, options)
    const { json, maxPause } = options
    const line = startLine()
    const since = performance.now()
    const result = await withPlaces(record, (source, destination) =>
      runMove(source, destination, {
        id: record.id,
        maxPauseMs: maxPause * 1000,
        onStep: (step, detail) => {
          record = { ...record, step }
          writeMoveRecord(folder, record)
          if (step === 'done') return
          line.end()
          note(`${secondsText(performance.now() - since).padStart(8)}  ${step}${detail && `: ${detail}`}`)
        },
        report: items => line.show(`          ${counted(items, 'item')}`),
      }),
    )
      .catch((error: unknown) => {
        // One that could not be begun does not take the place of the last one.
        if (record.step === 'preparing' && last) writeMoveRecord(folder, last)
        throw error
      })
      .finally(line.end)
    const { items, pauseMs } = result
    record = {
      ...record,
      finished: new Date().toISOString(),
      items,
      ...(pauseMs === undefined ? {} : { pauseMs }),
    }
    writeMoveRecord(folder, record)
    if (json) return printJson({ ...record, ...result })
    for (const text of resultText(record, result)) print(text)
  })

/** A destination may have no tables yet. */
const withoutTables = (error: unknown): undefined => {
  if (error instanceof DynamoError && error.type === 'ResourceNotFoundException') return undefined
  throw error
}

/** Compares both places and writes nothing: its own time says how long the pause would take at most. */
const dryRun = (options: Options): Promise<void> =>
  withMoveFolder(async folder => {
    const record = chooseMove(readMoveRecord(folder), options)
    const line = startLine()
    const read = (place: Place) =>
      readContents(place, items => line.show(`${place.name}  ${counted(items, 'item')}`))
    const report = await withPlaces(record, async (source, destination) => {
      const since = performance.now()
      const here = await read(source)
      const ms = Math.round(performance.now() - since)
      const there = await read(destination).catch(withoutTables)
      const count = (contents: typeof here) =>
        Object.fromEntries(Object.entries(contents).map(([id, items]) => [id, items.size]))
      // Two passes over the source, unless what changes is captured.
      const pauseMs = SHORTEST_PAUSE_MS + (source.capture ? 0 : 2 * ms)
      const differences = there && { differences: compareContents(here, there) }
      return { source: count(here), readMs: ms, pauseMs, ...differences }
    }).finally(line.end)
    if (options.json) return printJson(report)
    for (const [id, items] of Object.entries(report.source)) print(`${id.padEnd(8)} ${items}`)
    if (!report.differences) print(`${record.to} has no tables yet`)
    else {
      const { missing, differing, extra } = report.differences
      print(`${record.to}: ${missing} to copy, ${differing} to change, ${extra} to delete`)
    }
    print(`The shop would take no orders for about ${secondsText(report.pauseMs)}.`)
  })

const move = (options: Options): Promise<void> => {
  if (options.status) return showStatus(options)
  if (options.abandon) return abandonLast(options)
  if (options.open !== undefined) return openMoved({ ...options, open: options.open })
  return options.dryRun ? dryRun(options) : run(options)
}

const HELP = `
Places:
  embedded               the embedded engine on the data folder
  http://127.0.0.1:8000  a DynamoDB-compatible server, at its own address
  aws:eu-central-1       tables on AWS, by the names of the environment
  aws:eu-central-1:prod  tables of a stage on AWS, with --bucket for its covers

The shop sells while its data is copied and compared. Then it takes no orders for
a moment, the rest is copied, every item is verified, and the destination is
opened. A move that was cut off is continued by the same command, and until the
switch it can be ended with --abandon. Sessions and authenticator apps need the
same secret at both places: docs/moving.md.

Examples:
  $ cloudshelf move --from embedded --to http://127.0.0.1:8000 --dry-run
  $ cloudshelf move --from embedded --to aws:eu-central-1:prod --bucket NAME
  $ cloudshelf move --back`

export const moveCommand = (): Command =>
  new Command('move')
    .description('Move the shop to another database while it sells, and back')
    .option('--from <place>', 'Where the shop is')
    .option('--to <place>', 'Where it moves to')
    .option('--back', 'Move the shop back to where it came from, with what was ordered since')
    .option('--abandon', 'End a move that has not been finished; the shop stays where it is')
    .option('--status', 'Show the last move and whether both places take writes')
    .option(
      '--open <place>',
      'Let a place that a move has closed take writes again; the shop must sell nowhere else',
    )
    .option('--yes', 'Open it (with --open)')
    .option('--dry-run', 'Count and compare without writing')
    .option('--bucket <name>', 'Bucket of the covers on AWS')
    .option('--max-pause <seconds>', 'Longest time without orders', parsePause, 30)
    .option('--json', 'Print JSON')
    .addHelpText('after', HELP)
    .action(move)
