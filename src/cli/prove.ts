/** `cloudshelf prove`: tries what the shop promises, in a process of its own. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'

/** Beside the sources, since it stands on what the tests stand on. */
const PROGRAM = fileURLToPath(new URL('../../tools/prove/main.ts', import.meta.url))

export const proveCommand = (): Command =>
  new Command('prove')
    .description('try what the shop promises under races, faults, kills and overload (--help for more)')
    .argument('[options...]')
    .allowUnknownOption()
    .helpOption(false)
    .action(async (options: readonly string[]) => {
      // Whoever interrupts, interrupts both; the other one ends what it has started.
      process.on('SIGINT', () => {})
      const [code] = await once(spawn(process.execPath, [PROGRAM, ...options], { stdio: 'inherit' }), 'exit')
      process.exitCode = typeof code === 'number' ? code : 1
    })
