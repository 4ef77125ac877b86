import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findEngines, tempFolder, waitUntil } from '../../test/local.ts'
import { findEngineBinary } from './engine-binary.ts'
import { isResponding, launchEngine, PortInUseError } from './engine-process.ts'
import { commandLine } from './process-identity.ts'

/** Another process on a port, which responds as an engine would. */
const stranger = async (status = 200): Promise<number> => {
  const server = createServer((_, response) => response.writeHead(status).end('{"TableNames":[]}'))
  onTestFinished(() => void server.close())
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  return (server.address() as AddressInfo).port
}

test('An engine is recorded before it can touch the database, and with its endpoint when it isResponding', async () => {
  const dir = tempFolder()
  const databasePath = join(dir, 'dynamodb.sqlite')
  const records: unknown[] = []
  const where = { binary: findEngineBinary(), databasePath, address: { host: '127.0.0.1', port: 19_347 } }
  const engine = await launchEngine(where, record => {
    if (records.push(record) === 1) expect(existsSync(databasePath)).toBe(false)
  })
  const { identity, endpoint } = engine
  expect(records).toEqual([identity, { ...identity, endpoint }])
  engine.kill('SIGTERM')
  expect(await engine.ended).toMatch(/^(killed by SIGTERM|exit code 0)/)
})

test('An engine that cannot be recorded never starts', async () => {
  const dir = tempFolder()
  const where = {
    binary: findEngineBinary(),
    databasePath: join(dir, 'dynamodb.sqlite'),
    address: { host: '127.0.0.1', port: 19_348 },
  }
  const full = () => {
    throw new Error('disk full')
  }
  await expect(launchEngine(where, full)).rejects.toThrow('disk full')
  expect(findEngines(dir)).toEqual([])
  expect(existsSync(where.databasePath)).toBe(false)
})

test('A stranger who isResponding on the port is not taken for the engine', async () => {
  const dir = tempFolder()
  const port = await stranger()
  expect(await isResponding(`http://127.0.0.1:${port}`)).toBe(true)
  const address = { host: '127.0.0.1', port }
  const where = { binary: findEngineBinary(), databasePath: join(dir, 'dynamodb.sqlite'), address }
  await expect(launchEngine(where, () => {})).rejects.toThrow(PortInUseError)
})

test('An engine that says nothing is given up after the limit and ended', async () => {
  const dir = tempFolder()
  const binary = join(dir, 'silent')
  writeFileSync(binary, '#!/bin/sh\nexec sleep 60')
  chmodSync(binary, 0o755)
  let pid = 0
  const launched = launchEngine(
    { binary, databasePath: join(dir, 'd'), address: { host: '127.0.0.1', port: 19_349 } },
    record => {
      pid = record.pid
    },
    { readyWithinMs: 150 },
  )
  await expect(launched).rejects.toThrow(/did not start on .*no output/)
  await waitUntil(() => commandLine(pid) === '')
})

test('Only a 200 counts as an answer', async () => {
  expect(await isResponding(`http://127.0.0.1:${await stranger(500)}`)).toBe(false)
  expect(await isResponding('http://127.0.0.1:19350')).toBe(false)
})
