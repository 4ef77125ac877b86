/** What every bench over a shop of its own needs: a folder, and an end at which nothing is left of it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stopShops } from './shop-process.ts'
import { stopWorkers } from './worker.ts'

/**
 * Runs `bench` in an empty folder. However it ends, by an error or by Ctrl-C too, the shops and workers that it started are ended and
 * the folder is gone; `first` ends what must be ended before them.
 */
export const runBench = async (
  bench: (folder: string) => Promise<void>,
  first: () => unknown = () => {},
): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'cloudshelf-bench-'))
  const end = async (): Promise<void> => {
    await first()
    await Promise.all([stopWorkers(), stopShops()])
    rmSync(folder, { recursive: true, force: true })
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      void end().finally(() => process.exit(130))
    })
  try {
    await bench(folder)
  } finally {
    await end()
  }
}
