/** The state of a move: shown, ended before its switch, and a closed place opened again. */
import { join } from 'node:path'
import { type Fence, readFence } from '../core/fence/fence.ts'
import { abandonMove, reopenPlace } from '../move/fences.ts'
import { isOver, type MoveRecord, readMoveRecord, writeMoveRecord } from '../move/record.ts'
import { CommandError } from './errors.ts'
import { currentDataDir, openPlace, withMoveFolder, withPlaces } from './move-places.ts'
import { note, print, printJson } from './output.ts'

type Options = { readonly json?: boolean; readonly bucket?: string; readonly yes?: boolean }

const fenceText = (fence: Fence | undefined): string => {
  if (!fence) return 'not reachable'
  const { state, since, movedTo } = fence
  const detail = [movedTo && `to ${movedTo}`, since && `since ${since}`].filter(Boolean).join(', ')
  return state === 'open' ? 'takes writes' : `takes no writes: ${state}${detail && ` (${detail})`}`
}

/** `--status`: the last move, and whether both places take writes. */
export const showStatus = ({ json }: Options): Promise<void> =>
  // Without the lock: a move may be running.
  (async () => {
    const record = readMoveRecord(join(currentDataDir(), 'move'))
    if (!record) return json ? printJson({}) : print('no move was begun from this data folder')
    const fenceAt = async (name: string): Promise<Fence | undefined> => {
      try {
        const place = await openPlace(name, record.bucket)
        return await readFence(place.db, place.names.control).finally(place.close)
      } catch {
        return undefined
      }
    }
    const fences = { from: await fenceAt(record.from), to: await fenceAt(record.to) }
    if (json) return printJson({ ...record, fences })
    print(`move from ${record.from} to ${record.to}, begun ${record.started}: ${record.step}`)
    print(`${record.from}  ${fenceText(fences.from)}`)
    print(`${record.to}  ${fenceText(fences.to)}`)
    if (!isOver(record)) print('repeat the command to go on, or end it with `cloudshelf move --abandon`')
  })()

/** `--abandon`: ends a move before its switch. */
export const abandonLast = ({ json }: Options): Promise<void> =>
  withMoveFolder(async folder => {
    const record = readMoveRecord(folder)
    if (!record || isOver(record)) throw new CommandError('there is no move to abandon')
    const isTold = await withPlaces(record, (source, destination) =>
      abandonMove(source, destination, record.id),
    )
    const abandoned: MoveRecord = { ...record, step: 'abandoned', finished: new Date().toISOString() }
    writeMoveRecord(folder, abandoned)
    if (json) printJson(abandoned)
    else print(`The shop stays at ${record.from}.`)
    if (!isTold)
      note(
        `${record.to} could not be told, and refuses another move. When it is reachable: cloudshelf move --open ${record.to}`,
      )
  })

/** `--open PLACE`: lets a place that a move has closed take writes again. */
export const openMoved = ({ open, bucket, yes, json }: Options & { readonly open: string }): Promise<void> =>
  withMoveFolder(async folder => {
    const record = readMoveRecord(folder)
    if (record && !isOver(record))
      throw new CommandError(
        'a move has not been finished: repeat it, or end it with `cloudshelf move --abandon`',
      )
    if (!yes)
      throw new CommandError(
        `this lets ${open} take orders again. Where the shop also sells at another place, each has orders that the other lacks. If it sells nowhere else, repeat the command with --yes`,
      )
    const place = await openPlace(open, bucket)
    const isOpened = await reopenPlace(place).finally(place.close)
    if (json) printJson({ place: open, opened: isOpened })
    else print(isOpened ? `${open} takes writes again.` : `${open} takes writes already.`)
  })
