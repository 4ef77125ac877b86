/** `cloudshelf seed`: the specification's three books and the starter shelf. */
import { Command } from 'commander'
import { seed } from '../catalog/import/seed.ts'
import { withDeps } from './open.ts'
import { print, printJson } from './output.ts'

export const seedCommand = (): Command =>
  new Command('seed')
    .description("put the specification's books and the starter shelf into the shop")
    .option('--json', 'how many books were put, as JSON')
    .addHelpText(
      'after',
      '\nA book that is there stays as it is, with its price and what is left of its stock.',
    )
    .action(({ json }: { json?: boolean }) =>
      withDeps(async deps => {
        const put = await seed(deps)
        if (json) printJson({ put })
        else print(put > 0 ? `put ${put} books on the shelf` : 'every book is there already')
      }),
    )
