/** `cloudshelf covers`: pictures of books from a folder. */
import { Command } from 'commander'
import { type CoverOutcome, importCovers } from '../catalog/import/covers.ts'
import { withDeps } from './open.ts'
import { CommandError, FAILED, note, print, printJson } from './output.ts'

type Options = { readonly dryRun?: boolean; readonly json?: boolean }
type Counts = Record<CoverOutcome['kind'], number>

const SHOWN = 20

const unreadable = (folder: string, error: unknown): unknown => {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES'
    ? new CommandError(`cannot read the folder ${folder}: ${code}`)
    : error
}

const run = (folder: string, { dryRun, json }: Options): Promise<void> =>
  withDeps(async deps => {
    const counts: Counts = { put: 0, unchanged: 0, unmatched: 0, refused: 0 }
    const remarks: CoverOutcome[] = []
    try {
      for await (const outcome of importCovers(deps, folder, { dryRun, actor: 'command-line' })) {
        counts[outcome.kind]++
        if (outcome.reason !== undefined) remarks.push(outcome)
      }
    } catch (error) {
      throw unreadable(folder, error)
    }
    if (counts.refused > 0) process.exitCode = FAILED
    if (json) return printJson({ dry_run: dryRun === true, ...counts, remarks })
    for (const { file, reason } of remarks.slice(0, SHOWN)) note(`${file}: ${reason}`)
    if (remarks.length > SHOWN) note(`… and ${remarks.length - SHOWN} more`)
    const { put, unchanged, unmatched, refused } = counts
    print(
      `${put} covers ${dryRun ? 'would be put' : 'put'}, ${unchanged} there already, ${unmatched} of no book here, ${refused} refused`,
    )
  })

export const coversCommand = (): Command =>
  new Command('covers')
    .description('pictures of books')
    .addCommand(
      new Command('import')
        .description(
          'takes the images of a folder as covers: each is called like the id or the ISBN of its book',
        )
        .argument('<folder>', 'JPEG, PNG, WebP or AVIF files of at most 5 MB')
        .option('--dry-run', 'only say what would be done')
        .option('--json', 'print the result as JSON')
        .action(run),
    )
