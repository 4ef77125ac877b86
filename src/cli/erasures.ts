/** `cloudshelf erasures`: repeats the erasures of personal data that a restored backup has undone. */
import { Command } from 'commander'
import { createErasedProjection } from '../composition/erased-projection.ts'
import { resumeErasures } from '../privacy/erase.ts'
import { counted, print, printJson } from './output.ts'
import { withDeps } from './with-deps.ts'

const apply = ({ json }: { readonly json?: boolean }): Promise<void> =>
  withDeps(async deps => {
    const projection = createErasedProjection(deps, { isAwaited: true })
    const applied = await resumeErasures({ ...deps, projection }, { again: true })
    if (json) printJson({ applied })
    else print(`${counted(applied, 'erasure')} applied`)
  })

const HELP = `
Run this after restoring tables from a backup, which brings back the data of
accounts that have been deleted since.`

export const erasuresCommand = (): Command => {
  const erasures = new Command('erasures').description('Delete personal data again after a restore')
  erasures
    .command('apply')
    .description('Delete the data of every account that has ever been erased')
    .option('--json', 'Print JSON')
    .addHelpText('after', HELP)
    .action(apply)
  return erasures
}
