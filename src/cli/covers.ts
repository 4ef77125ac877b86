/** `cloudshelf covers`: cover images of books, imported from a folder. */
import { Command } from 'commander'
import { readCoverMap } from '../catalog/import/cover-map.ts'
import { type CoverOutcome, importCovers } from '../catalog/import/covers.ts'
import { CommandError, FAILED } from './errors.ts'
import { counted, note, print, printJson } from './output.ts'
import { commandLineActor, withDeps } from './with-deps.ts'

type ImportOptions = { readonly map?: string; readonly dryRun?: boolean; readonly json?: boolean }
type Counts = Record<CoverOutcome['kind'], number>

const SHOWN_REMARKS = 20

const explainUnreadable = (folder: string, error: unknown): unknown => {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return new CommandError(`cannot read ${folder}: there is no such folder`)
  if (code === 'ENOTDIR') return new CommandError(`cannot read ${folder}: it is not a folder`)
  if (code === 'EACCES') return new CommandError(`cannot read ${folder}: permission denied`)
  return error
}

const importFolder = async (folder: string, { map: mapFile, dryRun, json }: ImportOptions): Promise<void> => {
  const map = mapFile === undefined ? undefined : await readCoverMap(mapFile)
  await withDeps(async deps => {
    const counts: Counts = { put: 0, unchanged: 0, unmatched: 0, refused: 0 }
    const remarks: CoverOutcome[] = []
    try {
      for await (const outcome of importCovers(deps, folder, { map, dryRun, actor: commandLineActor() })) {
        counts[outcome.kind]++
        if (outcome.reason !== undefined) remarks.push(outcome)
      }
    } catch (error) {
      throw explainUnreadable(folder, error)
    }
    const matchesNothing = counts.put + counts.unchanged === 0
    if (counts.refused > 0 || matchesNothing) process.exitCode = FAILED
    if (json) return printJson({ dry_run: dryRun === true, ...counts, remarks })
    for (const { file, reason } of remarks.slice(0, SHOWN_REMARKS)) note(`${file}: ${reason}`)
    if (remarks.length > SHOWN_REMARKS)
      note(`… and ${remarks.length - SHOWN_REMARKS} more: --json prints all of them`)
    const { put, unchanged, unmatched, refused } = counts
    print(
      `${counted(put, 'cover')} ${dryRun ? 'would be imported' : 'imported'}, ${unchanged} unchanged, ` +
        `${unmatched} without a matching book, ${refused} refused`,
    )
    if (matchesNothing && refused === 0)
      note(`cloudshelf: no image in ${folder} belongs to a book: see \`cloudshelf covers import --help\``)
  })
}

const HELP = `
An image belongs to the book whose ID or ISBN is its file name: tech-001.jpg,
9780132350884.webp. For images with other names, --map takes a CSV file with a
column file and one or more of book_id, isbn, title and author:

  isbn,title,file
  9780132350884,,clean.jpg
  ,The Hobbit,img_0042.png

Running the import again writes only what has changed. The exit code is 1 if an
image was refused, or if none belongs to a book.

Examples:
  $ cloudshelf covers import covers/ --dry-run
  $ cloudshelf covers import covers/ --map covers.csv`

export const coversCommand = (): Command => {
  const covers = new Command('covers').description('Import cover images')
  covers
    .command('import')
    .description('Import the images of a folder as covers')
    .argument('<folder>', 'Folder of JPEG, PNG, WebP or AVIF files, 5 MB at most each')
    .option('--map <file>', 'CSV file that says which file is the cover of which book')
    .option('--dry-run', 'Show what would happen, without writing anything')
    .option('--json', 'Print JSON')
    .addHelpText('after', HELP)
    .action(importFolder)
  return covers
}
