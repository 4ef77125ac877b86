/** Process that writes random items until it is killed. Arguments: endpoint, table names, data folder, capture mode, seed, items. */
import type { TableNames } from '#src/tables/definitions.ts'
import { seededRandom } from '../bench/random.ts'
import { type CaptureMode, createCapturedDatabase, writeRandomItem } from './captured-writes.ts'

const [endpoint = '', names = '{}', dataDir = '', mode = 'both', seed = '1', items = '50'] =
  process.argv.slice(2)
const tables = JSON.parse(names) as TableNames
const random = seededRandom(Number(seed))
const db = createCapturedDatabase(endpoint, dataDir, tables, mode as CaptureMode, random)
const WRITERS = 12

await writeRandomItem(db, tables, random, Number(items))
process.send?.('writing')
await Promise.all(
  Array.from({ length: WRITERS }, async () => {
    for (;;) await writeRandomItem(db, tables, random, Number(items))
  }),
)
