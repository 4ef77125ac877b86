/** `cloudshelf seed`: the sample books, which are those of the specification and the starter shelf. */
import { Command } from 'commander'
import { seed } from '../catalog/import/seed.ts'
import { counted, print, printJson } from './output.ts'
import { withDeps } from './with-deps.ts'

const run = ({ json }: { readonly json?: boolean }): Promise<void> =>
  withDeps(async deps => {
    const put = await seed(deps)
    if (json) printJson({ put })
    else print(put > 0 ? `${counted(put, 'sample book')} added` : 'all sample books are there already')
  })

const HELP = `
Books that are in the shop already keep their price and stock.`

export const seedCommand = (): Command =>
  new Command('seed')
    .description('Add the sample books')
    .option('--json', 'Print JSON')
    .addHelpText('after', HELP)
    .action(run)
