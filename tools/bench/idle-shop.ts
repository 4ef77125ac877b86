/** Start time and memory of an idle shop. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { blobFolder } from '#src/composition/settings.ts'
import { median, memoryMegabytes } from './measure.ts'
import type { Figure } from './report.ts'
import { startShop } from './shop-process.ts'

const START_TARGET_MS = 2_000
const MEMORY_TARGET_MB = 200
const IDLE_MS = 10_000

const startAndEnd = async (dataDir: string, path: string): Promise<number> => {
  const shop = await startShop(dataDir, path)
  await shop.end()
  return shop.startedIn
}

/** Time from the start of node to the first book, after a clean shutdown, and without a snapshot of the index. */
export const measureStarts = async (dataDir: string, path: string, times: number): Promise<Figure[]> => {
  const starts: number[] = []
  for (let i = 0; i < times; i++) starts.push(await startAndEnd(dataDir, path))
  rmSync(join(blobFolder(dataDir), 'index'), { recursive: true, force: true })
  const rebuilt = await startAndEnd(dataDir, path)
  return [
    {
      name: `start to first book, median of ${times}`,
      value: median(starts),
      unit: 'ms',
      below: START_TARGET_MS,
    },
    { name: '  rebuilding the index from the table', value: rebuilt, unit: 'ms' },
  ]
}

/** Memory of shop and engine ten seconds after the start. */
export const measureIdleMemory = async (dataDir: string, path: string): Promise<Figure[]> => {
  const shop = await startShop(dataDir, path)
  await sleep(IDLE_MS)
  const value = memoryMegabytes([shop.pid, shop.engine.pid])
  const engine = memoryMegabytes([shop.engine.pid])
  await shop.end()
  return [
    { name: 'idle memory (shop and engine)', value, unit: 'MB', below: MEMORY_TARGET_MB },
    { name: '  of which engine', value: engine, unit: 'MB' },
  ]
}
