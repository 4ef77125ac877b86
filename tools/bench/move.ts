/**
 * Pause of a move between two engines on this machine, `npm run bench:move -- 50000`: a shop of so many items is moved while 20 writes a
 * second go on, by captured keys as from the embedded engine, and then back, as from a server of which not all writers are known.
 */

import { engineSigner } from '#src/core/aws/sign.ts'
import { createCapturingWire } from '#src/core/dynamo/capture.ts'
import { createDynamo } from '#src/core/dynamo/dynamo.ts'
import { putRaw } from '#src/core/dynamo/raw-items.ts'
import { createWire, type Wire } from '#src/core/dynamo/wire.ts'
import { createWriteGuard } from '#src/core/fence/write-guard.ts'
import { lockDataFolder } from '#src/local/data-folder.ts'
import { startEngine } from '#src/local/engine.ts'
import { createJournal } from '#src/local/journal/journal.ts'
import { openJournalReader } from '#src/local/journal/reader.ts'
import { type MoveStep, runMove } from '#src/move/move.ts'
import type { Place } from '#src/move/place.ts'
import { DEFAULT_TABLE_NAMES } from '#src/tables/definitions.ts'
import { createTables } from '#src/tables/provision.ts'
import { runBench } from './run-bench.ts'

const ITEMS = Number(process.argv[2] ?? 10_000)
const names = DEFAULT_TABLE_NAMES
const MAX_PAUSE_MS = 600_000
const BETWEEN_WRITES_MS = 50

const rowOf = (i: number, text = 'x'.repeat(300)) => ({
  pk: { S: `bench#${i}` },
  sk: { S: 'row' },
  text: { S: text },
})

const openPlace = (name: string, endpoint: string, capturedIn?: string): Place => {
  const wire = createWire(() => endpoint, engineSigner)
  return {
    name,
    names,
    wire,
    db: createDynamo(wire),
    blobs: undefined,
    blobsAt: 'nowhere',
    segments: 1,
    createsTables: true,
    ...(capturedIn !== undefined && {
      capture: () => openJournalReader(capturedIn, 'move', { endsWithProcess: true }),
    }),
    close: wire.close,
  }
}

/** Writes of a shop at the endpoint, 20 a second, until `stop`. */
const startWrites = (endpoint: string, dataDir: string) => {
  const guardFor = (call: Wire['call']) =>
    createWriteGuard(createDynamo({ call, close: async () => {} }), names.control)
  const guarded = createWire(() => endpoint, engineSigner, guardFor)
  const wire = createCapturingWire(guarded, createJournal(dataDir, names))
  let i = 0
  const timer = setInterval(() => {
    const Item = rowOf(i++ % ITEMS, `changed ${i} ${Date.now()}`)
    wire.call('PutItem', { TableName: names.control, Item }, { repeatable: false }).catch(() => {}) // in the pause
  }, BETWEEN_WRITES_MS)
  return async () => {
    clearInterval(timer)
    await wire.close()
  }
}

const move = async (source: Place, destination: Place, dataDir: string, endpoint: string): Promise<void> => {
  const stop = startWrites(endpoint, dataDir)
  const since = performance.now()
  const onStep = (step: MoveStep, detail: string) =>
    console.error(`${((performance.now() - since) / 1000).toFixed(1).padStart(7)} s  ${step} ${detail}`)
  const id = crypto.randomUUID()
  const { items, pauseMs = 0 } = await runMove(source, destination, { id, maxPauseMs: MAX_PAUSE_MS, onStep })
  await stop()
  const seconds = (performance.now() - since) / 1000
  const how = source.capture ? 'captured keys' : 'all items read'
  console.log(
    `${items} items, ${how}: pause ${(pauseMs / 1000).toFixed(1)} s, whole move ${seconds.toFixed(0)} s`,
  )
}

await runBench(async folder => {
  const [here, there] = [`${folder}/here`, `${folder}/there`]
  const [one, other] = [
    await startEngine({ folder: await lockDataFolder(here) }),
    await startEngine({ folder: await lockDataFolder(there) }),
  ]
  const captured = openPlace('one', one.endpoint, here)
  const [source, destination] = [openPlace('one', one.endpoint), openPlace('other', other.endpoint)]
  await createTables(source.db, names)
  await putRaw(
    source.db,
    names.control,
    Array.from({ length: ITEMS }, (_, i) => rowOf(i)),
  )
  await move(captured, destination, here, one.endpoint)
  await move(destination, source, there, other.endpoint)
  for (const place of [captured, source, destination]) await place.close()
  await one.stop()
  await other.stop()
})
