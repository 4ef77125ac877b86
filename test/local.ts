/** Test kit for local mode: temporary folders, engine calls, and programs that run beside the test. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFailed, onTestFinished } from 'vitest'
import { commandLine } from '#src/local/process-identity.ts'
import { callDynamo } from './engine-call.ts'

/** Creates an empty folder that is removed when the test has finished. */
export const tempFolder = (): string => {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'cloudshelf-')))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** Creates the table `things` with the key `id`. */
export const createTable = (endpoint: string): Promise<unknown> =>
  callDynamo(endpoint, 'CreateTable', {
    TableName: 'things',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  })

/** Process ids of engines on the database in `dir` (Linux). */
export const findEngines = (dir: string): number[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => commandLine(pid).includes(`--db-path ${dir}/`))

/** Resolves when `condition` is true; rejects after `ms`. */
export const waitUntil = async (condition: () => boolean, ms = 5000): Promise<void> => {
  const deadline = performance.now() + ms
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within ${ms} ms: ${condition}`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}

/** A program beside the test, killed when the test ends; `line()` is its next output line, or '' after its end. */
export type Program = {
  readonly child: ChildProcess
  readonly line: () => Promise<string>
  readonly exit: Promise<unknown>
}

/** Runs `source` as a module whose relative imports refer to src/local. */
export const runProgram = (source: string, ...args: string[]): Program => {
  const absolute = source.replaceAll("'./", `'${new URL('../src/local/', import.meta.url)}`)
  const child = spawn(process.execPath, ['--input-type=module', '-e', absolute, '--', ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let stderr = ''
  child.stderr.on('data', chunk => {
    stderr += chunk
  })
  onTestFailed(() => console.error(stderr))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const exit = new Promise(resolve => child.on('exit', (code, signal) => resolve(signal ?? code)))
  return { child, line: async () => (await lines.next()).value ?? '', exit }
}
