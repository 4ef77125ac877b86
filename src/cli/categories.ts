/** `cloudshelf categories`: lists, renames and merges the categories of books. */
import { Command } from 'commander'
import { type CategoryContent, moveCategory, readCategoryContents } from '../catalog/move-category.ts'
import { readRenamed } from '../catalog/renamed-categories.ts'
import { createSimilarNames } from '../catalog/similar-categories.ts'
import type { Deps } from '../composition/shop.ts'
import { categorySegments } from '../core/category-path.ts'
import { CommandError, FAILED } from './errors.ts'
import { parseCategory } from './option-values.ts'
import { counted, note, print, printJson } from './output.ts'
import { startProgress } from './progress.ts'
import { commandLineActor, withDeps } from './with-deps.ts'

type Options = { readonly dryRun?: boolean; readonly json?: boolean }
type Contents = ReadonlyMap<string, CategoryContent>

const listAll = ({ json }: Options): Promise<void> =>
  withDeps(async deps => {
    const contents = await readCategoryContents(deps.books)
    const names = [...contents].sort(([, a], [, b]) => b.forSale - a.forSale).map(([name]) => name)
    const segments = categorySegments(names)
    const similar = createSimilarNames()
    for (const name of names) similar.add(name)
    const renamed = await readRenamed(deps)
    if (json)
      return printJson({
        items: names.map(name => ({
          category: name,
          ...contents.get(name),
          path: `/category/${segments.get(name)}`,
        })),
        similar: similar.groups(),
        renamed: [...renamed].map(([category, now]) => ({ category, now })),
      })
    for (const name of names) {
      const { books = 0, forSale = 0 } = contents.get(name) ?? {}
      print(`${name}  ${counted(books, 'book')}, ${forSale} for sale  /category/${segments.get(name)}`)
    }
    for (const group of similar.groups()) note(`alike: ${group.map(name => JSON.stringify(name)).join(', ')}`)
    for (const [former, now] of renamed)
      if (!contents.has(former)) print(`${former}  is now ${JSON.stringify(now)}`)
  })

const hasBooks = (contents: Contents, name: string): boolean => (contents.get(name)?.books ?? 0) > 0

const assertMovable = async (
  deps: Deps,
  contents: Contents,
  what: 'rename' | 'merge',
  from: string,
  to: string,
): Promise<void> => {
  if (from === to) throw new CommandError('the two names are the same')
  // A move that was cut off is completed by the same command.
  if ((await readRenamed(deps)).get(from) === to) return
  if (!hasBooks(contents, from))
    throw new CommandError(
      `there is no category ${JSON.stringify(from)}: \`cloudshelf categories list\` lists them`,
    )
  if (what === 'rename' && hasBooks(contents, to))
    throw new CommandError(
      `there is a category ${JSON.stringify(to)} already: use \`cloudshelf categories merge\``,
    )
  if (what === 'merge' && !hasBooks(contents, to))
    throw new CommandError(
      `there is no category ${JSON.stringify(to)} to merge into: use \`cloudshelf categories rename\``,
    )
}

const moveAll =
  (what: 'rename' | 'merge') =>
  (from: string, to: string, { dryRun, json }: Options): Promise<void> =>
    withDeps(async deps => {
      const contents = await readCategoryContents(deps.books)
      await assertMovable(deps, contents, what, from, to)
      const { books = 0, invalid = 0 } = contents.get(from) ?? {}
      if (dryRun) {
        if (json) return printJson({ dry_run: true, moved: books, taken: [], invalid })
        return print(
          `${counted(books, 'book')} would be moved from ${JSON.stringify(from)} to ${JSON.stringify(to)}`,
        )
      }
      const progress = startProgress(books)
      const move = { actor: commandLineActor(), what: `category.${what}`, from, to } as const
      const { moved, taken } = await moveCategory(deps, move, () => {
        progress.read(1)
        progress.done(1)
      }).finally(progress.end)
      if (taken.length > 0) process.exitCode = FAILED
      if (json) return printJson({ dry_run: false, moved, taken, invalid })
      print(`${counted(moved, 'book')} moved from ${JSON.stringify(from)} to ${JSON.stringify(to)}`)
      for (const id of taken)
        note(`${id} stays: another book has this ID. \`cloudshelf doctor\` lists such books`)
      if (invalid > 0)
        note(
          `${counted(invalid, 'item')} of ${JSON.stringify(from)} ${invalid === 1 ? 'is not a valid book and stays' : 'are not valid books and stay'}`,
        )
    })

const HELP = `
Every book moves with its stock in one transaction, so the shop may go on selling;
carts find the book again, and links to the former category lead to the new one.
A command that was cut off is completed by running it again.

Examples:
  $ cloudshelf categories list
  $ cloudshelf categories rename "Sci-Fi" "Science Fiction"
  $ cloudshelf categories merge "fiction" "Fiction" --dry-run`

const moveCommand = (what: 'rename' | 'merge', description: string, target: string): Command =>
  new Command(what)
    .description(description)
    .argument('<category>', 'Its exact name', (text: string) => text)
    .argument(
      `<${target}>`,
      what === 'rename' ? 'A name that no category has' : 'The category that stays',
      parseCategory,
    )
    .option('--dry-run', 'Show what would happen, without writing anything')
    .option('--json', 'Print JSON')
    .addHelpText('after', HELP)
    .action(moveAll(what))

export const categoriesCommand = (): Command => {
  const categories = new Command('categories')
    .description('List, rename and merge categories')
    .addHelpText('after', HELP)
  categories
    .command('list')
    .description('List the categories with their numbers of books, and those that look alike')
    .option('--json', 'Print JSON')
    .addHelpText('after', HELP)
    .action(listAll)
  categories.addCommand(moveCommand('rename', 'Rename a category', 'name'))
  categories.addCommand(moveCommand('merge', 'Move all books of a category into another one', 'into'))
  return categories
}
