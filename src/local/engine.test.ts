import { once } from 'node:events'
import { chmodSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { callDynamo } from '../../test/engine-call.ts'
import { createTable, findEngines, runProgram, tempFolder, waitUntil } from '../../test/local.ts'
import { lockDataFolder, readLockOwner } from './data-folder.ts'
import { startEngine } from './engine.ts'
import { findEngineBinary } from './engine-binary.ts'
import { identify } from './process-identity.ts'
import { StartError } from './start-error.ts'

const started = async (dir: string, options: Partial<Parameters<typeof startEngine>[0]> = {}) => {
  const folder = await lockDataFolder(dir)
  onTestFinished(folder.release)
  const engine = await startEngine({ folder, ...options })
  onTestFinished(engine.stop)
  return engine
}

/** An executable of our own in the engine's place. */
const script = (dir: string, source: string): string => {
  const path = join(dir, 'dynoxide')
  writeFileSync(path, `#!/bin/sh\n${source}\n`)
  chmodSync(path, 0o755)
  return path
}

/** Addresses on which a process listens, IPv4 (Linux). */
const listeningAddresses = (pid: number): string[] => {
  const sockets = readdirSync(`/proc/${pid}/fd`).map(fd => readlinkSync(`/proc/${pid}/fd/${fd}`))
  const rows = ['tcp', 'tcp6'].flatMap(name => readFileSync(`/proc/${pid}/net/${name}`, 'utf8').split('\n'))
  return rows
    .map(row => row.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === '0A' && sockets.includes(`socket:[${inode}]`))
    .map(([, local = '']) => {
      const [host = '', port = ''] = local.split(':')
      const parts = host.match(/../g) ?? []
      return `${parts
        .reverse()
        .map(part => Number.parseInt(part, 16))
        .join('.')}:${Number.parseInt(port, 16)}`
    })
}

const HOLD = `
  import { lockDataFolder } from './data-folder.ts'
  import { startEngine } from './engine.ts'
  const engine = await startEngine({ folder: await lockDataFolder(process.argv[1]) })
  console.log(engine.endpoint)
  process.stdin.once('data', word => {
    if (String(word).trim() === 'fail') throw new Error('asked to')
    process.exit(0)
  })`

test('An engine answers on a loopback address of its own, is on record, and is gone after stop', async () => {
  const dir = tempFolder()
  const engine = await started(dir)
  expect(engine.endpoint).toMatch(/^http:\/\/127\.\d+\.\d+\.\d+:\d{4,5}$/)
  expect(engine.isUp).toBe(true)
  expect(findEngines(dir)).toEqual([engine.pid])
  // The one that started, and the one that works.
  expect(readdirSync(`/proc/${engine.pid}/task`)).toHaveLength(2)
  expect(await callDynamo(engine.endpoint, 'ListTables', {})).toEqual({ TableNames: [] })
  expect(readLockOwner(dir)).toMatchObject({ kind: 'shop', pid: process.pid, endpoint: engine.endpoint })
  // Whoever else is on this machine reads no customers, wherever the folder lies.
  expect(statSync(join(dir, 'dynamodb.sqlite')).mode & 0o777).toBe(0o600)
  await Promise.all([engine.stop(), engine.stop()])
  expect(findEngines(dir)).toEqual([])
  expect(engine.isUp).toBe(false)
  expect(readLockOwner(dir)?.endpoint).toBeUndefined()
})

test('No page reaches the engine: it listens on one address that cannot be guessed, on a port that browsers refuse', async () => {
  const { pid, endpoint } = await started(tempFolder())
  const { hostname, port } = new URL(endpoint)
  expect(listeningAddresses(pid)).toEqual([`${hostname}:${port}`])
  expect(hostname).not.toBe('127.0.0.1')
  const found = await new Promise(done => {
    const socket = connect(Number(port), '127.0.0.1').on('error', error =>
      done('code' in error && error.code),
    )
    socket.on('connect', () => done(socket.destroy()))
  })
  expect(found).toBe('ECONNREFUSED')
  // Node's fetch follows the Fetch standard, as browsers do.
  const refused = fetch(endpoint).catch(error => error.cause.message)
  expect(await refused).toBe('bad port')
})

test('An engine that is killed comes back on the same endpoint with its data, time and again, and says so once each', async () => {
  const dir = tempFolder()
  const onDown = vi.fn()
  const onUp = vi.fn()
  const engine = await started(dir, { onDown, onUp })
  const { endpoint } = engine
  await createTable(endpoint)
  await callDynamo(endpoint, 'PutItem', { TableName: 'things', Item: { id: { S: 'a' }, n: { N: '1' } } })
  for (const round of [1, 2]) {
    const { pid } = engine
    process.kill(pid, 'SIGKILL')
    await waitUntil(() => !engine.isUp)
    await waitUntil(() => engine.isUp)
    expect(engine.pid).not.toBe(pid)
    expect(engine.endpoint).toBe(endpoint)
    expect(onDown.mock.calls).toEqual(Array(round).fill(['killed by SIGKILL']))
    expect(onUp.mock.calls).toEqual(Array(round).fill([endpoint]))
    expect(readLockOwner(dir)?.endpoint).toBe(endpoint)
    expect(
      await callDynamo(endpoint, 'GetItem', { TableName: 'things', Key: { id: { S: 'a' } } }),
    ).toMatchObject({
      Item: { n: { N: '1' } },
    })
  }
  expect(findEngines(dir)).toEqual([engine.pid])
})

test('An engine that does not start again is tried until it does, on another address if its own was taken', async () => {
  const dir = tempFolder()
  const broken = join(dir, 'broken')
  const tries = join(dir, 'tries')
  const binary = script(dir, `echo >> ${tries}; [ -e ${broken} ] && exit 1; exec ${findEngineBinary()} "$@"`)
  const onDown = vi.fn()
  const onUp = vi.fn()
  const onFailedStart = vi.fn()
  const engine = await started(dir, { binary, onDown, onUp, onFailedStart })
  const { endpoint } = engine
  writeFileSync(broken, '')
  process.kill(engine.pid, 'SIGKILL')
  await waitUntil(() => readFileSync(tries, 'utf8').length >= 3)
  expect(engine.isUp).toBe(false)
  expect(onUp).not.toHaveBeenCalled()
  // The reason is told once, however often it is tried.
  await waitUntil(() => readFileSync(tries, 'utf8').length >= 4)
  expect(onFailedStart.mock.calls).toEqual([[expect.stringMatching(/did not start on .*no output/)]])
  const { hostname, port } = new URL(endpoint)
  const stranger = createServer(socket => socket.destroy()).listen(Number(port), hostname)
  onTestFinished(() => void stranger.close())
  await once(stranger, 'listening')
  rmSync(broken)
  await waitUntil(() => engine.isUp)
  expect(engine.endpoint).not.toBe(endpoint)
  expect(onDown).toHaveBeenCalledOnce()
  expect(onUp.mock.calls).toEqual([[engine.endpoint]])
  expect(readLockOwner(dir)?.endpoint).toBe(engine.endpoint)
})

test('An engine that is killed does not come back on an emptied database, and says so', async () => {
  const dir = tempFolder()
  writeFileSync(join(dir, 'secret'), 'x')
  const onFailedStart = vi.fn()
  const engine = await started(dir, { onFailedStart })
  await createTable(engine.endpoint)
  writeFileSync(join(dir, 'dynamodb.sqlite'), '')
  process.kill(engine.pid, 'SIGKILL')
  await waitUntil(() => onFailedStart.mock.calls.length > 0)
  expect(onFailedStart).toHaveBeenCalledWith(
    expect.stringMatching(/dynamodb\.sqlite is empty, but .* has had a shop/),
  )
  expect(statSync(join(dir, 'dynamodb.sqlite')).size).toBe(0)
})

test('An engine is stopped also where its record cannot be changed, on a full disk for example', async () => {
  const dir = tempFolder()
  const folder = await lockDataFolder(dir)
  onTestFinished(folder.release)
  const recordEngine = vi.fn((engine: unknown) => {
    if (engine === undefined) throw new StartError('no space left')
  })
  const engine = await startEngine({ folder: { ...folder, recordEngine } })
  await expect(engine.stop()).resolves.toBeUndefined()
  expect(recordEngine).toHaveBeenLastCalledWith(undefined)
  expect(findEngines(dir)).toEqual([])
})

test('An engine that lives and answers nothing is ended, and comes back with its data', async () => {
  const dir = tempFolder()
  const onUp = vi.fn()
  const engine = await started(dir, { onUp, healthCheckIntervalMs: 50 })
  await createTable(engine.endpoint)
  const { pid } = engine
  process.kill(pid, 'SIGSTOP')
  await waitUntil(() => onUp.mock.calls.length === 1, 15_000)
  expect(engine.pid).not.toBe(pid)
  expect(await callDynamo(engine.endpoint, 'ListTables', {})).toEqual({ TableNames: [expect.any(String)] })
}, 20_000)

test('Stop ends an engine also while it is being brought back', async () => {
  const dir = tempFolder()
  const folder = await lockDataFolder(dir)
  onTestFinished(folder.release)
  // 50 ms of pause, some for the start: these fall before, into and after the start of the new process.
  for (const wait of [0, 50, 55, 60, 65, 80]) {
    const engine = await startEngine({ folder })
    onTestFinished(engine.stop)
    process.kill(engine.pid, 'SIGKILL')
    await waitUntil(() => !engine.isUp)
    await new Promise(resolve => setTimeout(resolve, wait))
    await engine.stop()
    expect(findEngines(dir), `${wait} ms`).toEqual([])
  }
})

test('An engine left by a holder killed with kill -9 is ended by the next start, which finds its data', async () => {
  const dir = tempFolder()
  const first = runProgram(HOLD, dir)
  await createTable(await first.line())
  const [orphan] = findEngines(dir)
  first.child.kill('SIGKILL')
  await first.exit
  expect(findEngines(dir)).toEqual([orphan])
  const engine = await started(dir)
  expect(findEngines(dir)).toEqual([engine.pid])
  expect(engine.pid).not.toBe(orphan)
  expect(await callDynamo(engine.endpoint, 'ListTables', {})).toEqual({ TableNames: ['things'] })
})

test('A process that is no engine is left alone though the record names it', async () => {
  const dir = tempFolder()
  const bystander = runProgram(`console.log('up'); setInterval(() => {}, 1000)`)
  await bystander.line()
  const folder = await lockDataFolder(dir)
  onTestFinished(folder.release)
  const orphanedEngine = identify(bystander.child.pid ?? 0)
  const engine = await startEngine({ folder: { ...folder, orphanedEngine } })
  onTestFinished(engine.stop)
  expect(bystander.child.exitCode ?? bystander.child.signalCode).toBeNull()
})

test.each(['exit', 'fail'])('No engine outlives a holder that ends by itself (%s)', async how => {
  const dir = tempFolder()
  const holder = runProgram(HOLD, dir)
  await holder.line()
  expect(findEngines(dir)).toHaveLength(1)
  holder.child.stdin?.write(how)
  expect(await holder.exit).toBe(how === 'exit' ? 0 : 1)
  await waitUntil(() => findEngines(dir).length === 0)
})

test('Ctrl-C on a terminal does not reach the engine: it has a process group of its own', async () => {
  const engine = await started(tempFolder())
  expect(() => process.kill(-engine.pid, 0)).not.toThrow()
})

test('An engine that refuses its database is a one-line error with its last output and what to do, and no engine is left', async () => {
  const dir = tempFolder()
  writeFileSync(join(dir, 'dynamodb.sqlite'), 'this is no database'.repeat(300))
  const refused = started(dir)
  await expect(refused).rejects.toThrow(StartError)
  await expect(refused).rejects.toThrow(
    /did not start on .*not a valid SQLite database.*doctor.*put a copy of .*dynamodb\.sqlite.*set CLOUDSHELF_DATA_DIR/,
  )
  expect(findEngines(dir)).toEqual([])
})

test('A taken address is left for another one', async () => {
  const dir = tempFolder()
  const counter = join(dir, 'tries')
  const real = findEngineBinary()
  const binary = script(
    dir,
    `echo "http://$2:$4" >> ${counter}
     if [ $(wc -l < ${counter}) -lt 3 ]; then echo "error: port $4 is already in use" >&2; exit 1; fi
     exec ${real} "$@"`,
  )
  const engine = await started(dir, { binary })
  expect(engine.isUp).toBe(true)
  const tries = readFileSync(counter, 'utf8').trim().split('\n')
  expect(new Set(tries).size).toBe(3)
  expect(engine.endpoint).toBe(tries[2])
})

test('An engine that never finds a free port, or none at all, is a StartError', async () => {
  const dir = tempFolder()
  const binary = script(dir, 'echo "error: failed to bind $2:$4: Address in use (os error 98)" >&2; exit 1')
  await expect(started(dir, { binary })).rejects.toThrow(/found no free port.*failed to bind/)
  const missing = tempFolder()
  await expect(started(missing, { binary: join(missing, 'nothing') })).rejects.toThrow(
    /did not start.*not found/,
  )
})
