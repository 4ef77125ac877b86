/** `cloudshelf prove`: tests the guarantees of the shop. Runs tools/prove in a process of its own, and passes all options on. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Command } from 'commander'

/** Not part of `src`, since it uses what the tests use. */
const PROGRAM = fileURLToPath(new URL('../../tools/prove/main.ts', import.meta.url))

export const proveCommand = (): Command =>
  new Command('prove')
    .description('Test the guarantees of the shop under races, faults, crashes and overload')
    .argument('[options...]')
    .allowUnknownOption()
    .helpOption(false)
    .action(async (options: readonly string[]) => {
      // Ctrl-C reaches both processes; this one waits for the other, which stops what it has started.
      process.on('SIGINT', () => {})
      const [code] = await once(spawn(process.execPath, [PROGRAM, ...options], { stdio: 'inherit' }), 'exit')
      process.exitCode = typeof code === 'number' ? code : 1
    })
