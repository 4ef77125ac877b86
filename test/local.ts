/** Test kit for local mode: temporary folders, engine calls, and programs that run beside the test. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFailed, onTestFinished } from 'vitest'
import { commandLine } from '#src/local/process-identity.ts'

/** Creates an empty folder that is removed when the test has finished. */
export const tempFolder = (): string => {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'cloudshelf-')))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

export const SIGNED_HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20260101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
}

/** Sends one DynamoDB operation and returns the parsed response. Rejects unless the status is 200. */
export const callDynamo = async (endpoint: string, operation: string, body: object): Promise<unknown> => {
  const headers = { ...SIGNED_HEADERS, 'x-amz-target': `DynamoDB_20120810.${operation}` }
  const response = await fetch(endpoint, { method: 'POST', headers, body: JSON.stringify(body) })
  const answer = await response.text()
  if (response.status !== 200) throw new Error(`${operation}: ${response.status} ${answer}`)
  return JSON.parse(answer)
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
