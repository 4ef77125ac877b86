/** Frame of a benchmark: a temporary folder, and cleanup of everything that was started. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stopShops } from './shop-process.ts'
import { stopWorkers } from './worker.ts'

/**
 * Runs `bench` in an empty folder. When it ends, also by an error or Ctrl-C, shops and workers are stopped and the folder is removed;
 * `first` is called before that.
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
