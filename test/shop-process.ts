/** Shop process as started by `npm start`, on its own ports and folder. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onCleanup } from './cleanup.ts'
import { temporaryFolder } from './kit.ts'
import { recordLog, registerSecret } from './log-leaks.ts'

export const PROJECT = fileURLToPath(new URL('..', import.meta.url))
/** Arguments of `npm start`: node's flags and the file. */
export const START: readonly string[] = (
  JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as { scripts: { start: string } }
).scripts.start
  .split(' ')
  .slice(1)
export type Environment = Readonly<Record<string, string>>

export type ShopProcess = {
  readonly pid: number
  readonly url: string
  /** Endpoint for AWS clients. */
  readonly dynamodb: string
  readonly output: () => string
  /** Ends the reading of its output, as when the program that reads its log has been killed. */
  readonly closeOutput: () => void
  /** Sends the signal; resolves with the exit code or signal when the process has ended. */
  readonly end: (signal?: NodeJS.Signals) => Promise<number | NodeJS.Signals>
  /** Resolves as `end`, when it ends by itself. */
  readonly ended: () => Promise<number | NodeJS.Signals>
}

/** A free loopback port, outside the system's ephemeral range and above the ports that `fetch` refuses (up to 10080). */
export const freePort = async (): Promise<number> => {
  const port = 11_000 + Math.floor(Math.random() * 8_000)
  const free = await new Promise<boolean>(done => {
    const server = createServer().once('error', () => done(false))
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)))
  })
  return free ? port : freePort()
}

const waitForExit = (child: ChildProcess, signal?: NodeJS.Signals): Promise<number | NodeJS.Signals> =>
  new Promise(done => {
    if (child.exitCode !== null || child.signalCode !== null)
      return done(child.exitCode ?? child.signalCode ?? 0)
    child.once('exit', (code, by) => done(code ?? by ?? 0))
    if (signal) child.kill(signal)
  })

const launch = (env: Environment) => {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, START, {
    cwd: PROJECT,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onCleanup(() => waitForExit(child, 'SIGTERM'))
  let output = ''
  child.once('exit', () => {
    recordLog(output)
  })
  child.stdout.on('data', chunk => {
    output += chunk
  })
  child.stderr.on('data', chunk => {
    output += chunk
  })
  return { child, output: () => output }
}

/** Starts a shop and waits until it is healthy. Fails with its output if it ends instead. */
export const startShopProcess = async (dataDir: string, env: Environment = {}): Promise<ShopProcess> => {
  const { PORT: port = String(await freePort()), DYNAMODB_PORT: dynamodbPort = String(await freePort()) } =
    env
  const { child, output } = launch({
    ...env,
    CLOUDSHELF_DATA_DIR: dataDir,
    PORT: port,
    DYNAMODB_PORT: dynamodbPort,
  })
  const url = `http://127.0.0.1:${port}`
  for (let i = 0; ; i++) {
    if (child.exitCode !== null || child.signalCode !== null || i > 1_000)
      throw new Error(`the shop did not start:\n${output()}`)
    if (
      await fetch(`${url}/api/health`).then(
        answer => answer.ok,
        () => false,
      )
    )
      break
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  registerSecret('the shop’s secret', readFileSync(join(dataDir, 'secret'), 'utf8').trim())
  return {
    pid: child.pid ?? 0,
    url,
    dynamodb: `http://127.0.0.1:${dynamodbPort}`,
    output,
    closeOutput: () => {
      child.stdout.destroy()
      child.stderr.destroy()
    },
    end: signal => waitForExit(child, signal ?? 'SIGTERM'),
    ended: () => waitForExit(child),
  }
}

/** Starts a shop that is expected to fail; returns its exit code and output. */
export const runFailingStart = async (
  env: Environment,
): Promise<{ readonly code: number | NodeJS.Signals; readonly output: string }> => {
  const { child, output } = launch({
    // Not that of a shop which the developer runs beside the tests.
    CLOUDSHELF_DATA_DIR: temporaryFolder(),
    PORT: String(await freePort()),
    DYNAMODB_PORT: String(await freePort()),
    ...env,
  })
  const code = await waitForExit(child)
  return { code, output: output() }
}

/** NODE_OPTIONS with which a process prints a line when it loads the PostgreSQL client. */
export const LOG_POSTGRES_CLIENT = `--import=data:text/javascript,${encodeURIComponent(
  "import{registerHooks}from'node:module';registerHooks({resolve:(name,context,next)=>{if(name==='pg')console.error('client loaded');return next(name,context)}})",
)}`
