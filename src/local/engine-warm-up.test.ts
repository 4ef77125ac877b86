import { readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { callDynamo } from '../../test/engine-call.ts'
import { createTable, tempFolder } from '../../test/local.ts'
import { lockDataFolder } from './data-folder.ts'
import { startEngine } from './engine.ts'
import { warmUpEngine } from './engine-warm-up.ts'

const CALLS = 200
const ITEMS = 16

const keyOf = (n: number) => ({ id: { S: `book-${n}` } })
const attributes = Object.fromEntries(
  Array.from({ length: 14 }, (_, i) => [`attribute_${i}`, { S: 'a title'.repeat(1 + (i % 3)) }]),
)

/** An engine that is not warmed up by itself, unless after so many milliseconds. */
const started = async (warmUpDelayMs = 600_000) => {
  const folder = await lockDataFolder(tempFolder())
  onTestFinished(folder.release)
  const engine = await startEngine({ folder, warmUpDelayMs })
  onTestFinished(engine.stop)
  return engine
}

/** How often the system has had to give this process a page of memory so far. */
const faultsOf = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[7])
}

const faultsPerCall = async ({ pid, endpoint }: { pid: number; endpoint: string }): Promise<number> => {
  const RequestItems = { things: { Keys: Array.from({ length: ITEMS }, (_, n) => keyOf(n)) } }
  const before = faultsOf(pid)
  for (let n = 0; n < CALLS; n++) await callDynamo(endpoint, 'BatchGetItem', { RequestItems })
  return (faultsOf(pid) - before) / CALLS
}

const KEPT = 8
/** How many connections to the engine are open. */
const openTo = (endpoint: string): number => {
  const { hostname, port } = new URL(endpoint)
  const hex = (n: number, digits: number) => n.toString(16).toUpperCase().padStart(digits, '0')
  const host = hostname
    .split('.')
    .reverse()
    .map(part => hex(Number(part), 2)) // little-endian
  const address = `${host.join('')}:${hex(Number(port), 4)}`
  const rows = readFileSync('/proc/net/tcp', 'utf8').split('\n')
  return rows.filter(row => new RegExp(`^ *\\d+: ${address} \\w+:\\w+ 01 `).test(row)).length
}

test('An engine that was warmed up asks the system for far less memory at each call', async () => {
  const engine = await started()
  await createTable(engine.endpoint)
  for (let n = 0; n < ITEMS; n++)
    await callDynamo(engine.endpoint, 'PutItem', {
      TableName: 'things',
      Item: { ...keyOf(n), ...attributes },
    })
  const fresh = await faultsPerCall(engine)
  await warmUpEngine(engine.endpoint, new AbortController().signal)
  expect(fresh).toBeGreaterThan(10)
  expect(await faultsPerCall(engine)).toBeLessThan(0.7 * fresh)
})

test('The few connections that stay end with the signal, and keep no engine from ending', async () => {
  const engine = await started()
  const ending = new AbortController()
  await warmUpEngine(engine.endpoint, ending.signal)
  await expect.poll(() => openTo(engine.endpoint)).toBe(KEPT)
  ending.abort()
  await expect.poll(() => openTo(engine.endpoint)).toBe(0)
  await warmUpEngine(engine.endpoint, new AbortController().signal)
  const since = performance.now()
  await engine.stop()
  // It would be killed after 3 s.
  expect(performance.now() - since).toBeLessThan(2_500)
})

test('Where no engine is, or none is wanted any more, nothing happens', async () => {
  const engine = await started()
  await expect(warmUpEngine(engine.endpoint, AbortSignal.abort())).resolves.toBeUndefined()
  const ending = new AbortController()
  const cutShort = warmUpEngine(engine.endpoint, ending.signal)
  ending.abort()
  await expect(cutShort).resolves.toBeUndefined()
  await expect.poll(() => openTo(engine.endpoint)).toBe(0)
  await engine.stop()
  await expect(warmUpEngine(engine.endpoint, new AbortController().signal)).resolves.toBeUndefined()
})

test('Each engine is warmed up some time after its start, also one that came back', async () => {
  const engine = await started(0)
  const first = engine.pid
  await expect.poll(() => openTo(engine.endpoint)).toBe(KEPT)
  process.kill(first, 'SIGKILL')
  await expect.poll(() => engine.isUp && engine.pid !== first).toBe(true)
  await expect.poll(() => openTo(engine.endpoint)).toBe(KEPT)
})
