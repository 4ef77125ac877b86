/** Lambda functions for tests: each bundle in its own process, with only Lambda's environment. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { BundleId } from '#src/lambda/functions.ts'
import { bundleFunction } from '../infra/bundle.ts'
import { onCleanup } from './cleanup.ts'
import { recordLog } from './log-leaks.ts'
import { recordCalls } from './table-rights.ts'

const RUNTIME = fileURLToPath(new URL('lambda-runtime.mjs', import.meta.url))

export type LambdaFunction = {
  readonly id: BundleId
  /** Resolves with the handler's result; rejects with the message of its error. */
  readonly invoke: (event: unknown) => Promise<unknown>
  /** Log output so far. */
  readonly log: () => string
  readonly end: () => void
}

/** A result, or with the id `call` a call of a table. */
type Line = {
  readonly id: string
  readonly result?: unknown
  readonly error?: string
  readonly operation?: string
  readonly input?: string
}

/** Environment that Lambda sets. */
const lambdaEnvironment = (id: BundleId, folder: string) => ({
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'ASIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token',
  AWS_LAMBDA_FUNCTION_NAME: id,
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  LAMBDA_TASK_ROOT: folder,

  TZ: ':UTC',
  _HANDLER: 'index.handler',
  _HANDLER_FILE: join(folder, 'index.mjs'),
})

const bundles = new Map<BundleId, Promise<string>>()
/** Folder of a bundle, built once per test file. */
const bundleFolder = (id: BundleId): Promise<string> => {
  const made = bundles.get(id) ?? bundleFunction(id, 'host').then(({ folder }) => folder)
  bundles.set(id, made)
  return made
}

/** Starts the bundle of a function; resolves when it is loaded, or rejects with its output. */
export const startFunction = async (
  id: BundleId,
  environment: Readonly<Record<string, string>>,
): Promise<LambdaFunction> => {
  const folder = await bundleFolder(id)
  const child = spawn(process.execPath, [RUNTIME], {
    cwd: folder,
    env: { ...lambdaEnvironment(id, folder), REPORT_TABLE_CALLS: 'true', ...environment },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  })
  onCleanup(() => void child.kill())
  let log = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', chunk => {
      log += chunk
    })
  const waiting = new Map<string, (line: Line) => void>()
  const ready = new Promise<void>((done, failed) => {
    waiting.set('ready', () => done())
    child.once('exit', code => {
      recordLog(log)
      for (const [line, answer] of waiting)
        answer({ id: line, error: `${id} has ended with ${code}:\n${log}` })
      failed(new Error(`${id} did not start (${code}):\n${log}`))
    })
  })
  createInterface({ input: child.stdio[3] as Readable }).on('line', text => {
    const line = JSON.parse(text) as Line
    if (line.operation !== undefined && id !== 'ReleaseCheck')
      recordCalls(id, line.operation, JSON.parse(line.input ?? '{}'))
    waiting.get(line.id)?.(line)
    waiting.delete(line.id)
  })
  await ready
  let count = 0
  const invoke = (event: unknown): Promise<unknown> =>
    new Promise((done, failed) => {
      const line = `${id}-${++count}`
      waiting.set(line, ({ result, error }) =>
        error === undefined ? done(result) : failed(new Error(error)),
      )
      child.stdin?.write(`${JSON.stringify({ id: line, event })}\n`)
    })
  return { id, invoke, log: () => log, end: () => child.kill() }
}
