/** Checksums of an archive: files that `sha256sum -c` reads, each about the entries before it, and the last entry, which closes them. */
import { createHash } from 'node:crypto'
import {
  BackupError,
  COMPLETE,
  Complete,
  checksumFileName,
  ENTRIES_PER_CHECKSUM_FILE,
  type Entry,
  jsonEntry,
} from './format.ts'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const lineOf = ({ name, bytes }: Entry): string => `${sha256(bytes)}  ${name}\n`

/** The entries with their checksum files between them, and the last entry. */
export async function* withChecksums(
  entries: AsyncIterable<Entry>,
  counted: () => Pick<Complete, 'items' | 'covers'>,
): AsyncGenerator<Entry> {
  const all = createHash('sha256')
  let lines: string[] = []
  let [count, files] = [0, 0]
  const checksumFile = (): Entry => {
    const bytes = Buffer.from(lines.join(''))
    all.update(bytes)
    lines = []
    return { name: checksumFileName(++files), bytes }
  }
  for await (const entry of entries) {
    yield entry
    lines.push(lineOf(entry))
    count++
    if (lines.length === ENTRIES_PER_CHECKSUM_FILE) yield checksumFile()
  }
  if (lines.length > 0) yield checksumFile()
  const complete: Complete = { entries: count, checksums: all.digest('hex'), ...counted() }
  yield jsonEntry(COMPLETE, complete)
}

/** Checks entries as they pass. Each method throws BackupError where the archive does not agree with itself. */
export const createChecksumCheck = () => {
  const all = createHash('sha256')
  let lines: string[] = []
  let [count, files] = [0, 0]
  return {
    add: (entry: Entry): void => {
      lines.push(lineOf(entry))
      count++
      if (lines.length > ENTRIES_PER_CHECKSUM_FILE)
        throw new BackupError('the archive is damaged: a checksum file is missing')
    },
    checksumFile: ({ name, bytes }: Entry): void => {
      if (name !== checksumFileName(++files))
        throw new BackupError(`the archive is damaged: ${name} is misplaced`)
      const found = Buffer.from(bytes).toString().split('\n')
      const wrong = lines.findIndex((line, i) => line !== `${found[i]}\n`)
      if (wrong >= 0 || found.length !== lines.length + 1) {
        const entry = lines[Math.max(wrong, 0)]?.slice(66, -1) ?? name
        throw new BackupError(`the archive is damaged: ${entry} does not have its checksum`)
      }
      all.update(bytes)
      lines = []
    },
    complete: ({ bytes }: Entry): Complete => {
      let parsed: Complete | undefined
      try {
        parsed = Complete.parse(JSON.parse(Buffer.from(bytes).toString()))
      } catch {
        parsed = undefined
      }
      if (lines.length > 0 || parsed?.entries !== count || parsed.checksums !== all.digest('hex'))
        throw new BackupError(`the archive is damaged: ${COMPLETE} does not agree with its entries`)
      return parsed
    },
  }
}
