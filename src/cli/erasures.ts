/** `cloudshelf erasures`: people who were forgotten stay forgotten. */
import { Command } from 'commander'
import { resumeErasures } from '../privacy/erase.ts'
import { withDeps } from './open.ts'
import { print, printJson } from './output.ts'

const apply = ({ json }: { readonly json?: boolean }): Promise<void> =>
  withDeps(async deps => {
    const applied = await resumeErasures(deps, { again: true })
    if (json) printJson({ applied })
    else print(`${applied} erasures are applied`)
  })

const HELP = `
Run it after tables were restored from a backup: whoever was deleted since then came back with it.`

export const erasuresCommand = (): Command => {
  const erasures = new Command('erasures').description('people who asked to be forgotten')
  erasures
    .command('apply')
    .description('delete again whoever was ever deleted')
    .option('--json', 'as JSON')
    .addHelpText('after', HELP)
    .action(apply)
  return erasures
}
