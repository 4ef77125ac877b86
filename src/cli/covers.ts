/** `cloudshelf covers`: cover images of books, imported from a folder. */
import { Command } from 'commander'
import { type CoverOutcome, importCovers } from '../catalog/import/covers.ts'
import { CommandError, FAILED } from './errors.ts'
import { counted, note, print, printJson } from './output.ts'
import { commandLineActor, withDeps } from './with-deps.ts'

type ImportOptions = { readonly dryRun?: boolean; readonly json?: boolean }
type Counts = Record<CoverOutcome['kind'], number>

const SHOWN_REMARKS = 20

const explainUnreadable = (folder: string, error: unknown): unknown => {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return new CommandError(`cannot read ${folder}: there is no such folder`)
  if (code === 'ENOTDIR') return new CommandError(`cannot read ${folder}: it is not a folder`)
  if (code === 'EACCES') return new CommandError(`cannot read ${folder}: permission denied`)
  return error
}

const importFolder = (folder: string, { dryRun, json }: ImportOptions): Promise<void> =>
  withDeps(async deps => {
    const counts: Counts = { put: 0, unchanged: 0, unmatched: 0, refused: 0 }
    const remarks: CoverOutcome[] = []
    try {
      for await (const outcome of importCovers(deps, folder, { dryRun, actor: commandLineActor() })) {
        counts[outcome.kind]++
        if (outcome.reason !== undefined) remarks.push(outcome)
      }
    } catch (error) {
      throw explainUnreadable(folder, error)
    }
    if (counts.refused > 0) process.exitCode = FAILED
    if (json) return printJson({ dry_run: dryRun === true, ...counts, remarks })
    for (const { file, reason } of remarks.slice(0, SHOWN_REMARKS)) note(`${file}: ${reason}`)
    if (remarks.length > SHOWN_REMARKS)
      note(`… and ${remarks.length - SHOWN_REMARKS} more: --json prints all of them`)
    const { put, unchanged, unmatched, refused } = counts
    print(
      `${counted(put, 'cover')} ${dryRun ? 'would be imported' : 'imported'}, ${unchanged} unchanged, ` +
        `${unmatched} without a matching book, ${refused} refused`,
    )
  })

const HELP = `
An image belongs to the book whose ID or ISBN is its file name: tech-001.jpg,
9780132350884.webp. Running the import again writes only what has changed.

Example:
  $ cloudshelf covers import covers/ --dry-run`

export const coversCommand = (): Command => {
  const covers = new Command('covers').description('Import cover images')
  covers
    .command('import')
    .description('Import the images of a folder as covers')
    .argument('<folder>', 'Folder of JPEG, PNG, WebP or AVIF files, 5 MB at most each')
    .option('--dry-run', 'Show what would happen, without writing anything')
    .option('--json', 'Print JSON')
    .addHelpText('after', HELP)
    .action(importFolder)
  return covers
}
