/** Shop process of a benchmark, as `npm start` runs it without npm, on free ports. */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pagesBuild } from '#src/pages/build.ts'
import { freePort, PROJECT, START } from '../../test/shop-process.ts'

export type ShopProcess = {
  readonly port: number
  readonly pid: number
  /** Process id and endpoint of the engine. */
  readonly engine: { readonly pid: number; readonly endpoint: string }
  /** Milliseconds from the start of node to the first book. */
  readonly startedIn: number
  /** Inspector URL, if it was started with one. */
  readonly inspector: string | undefined
  readonly end: () => Promise<void>
}

/** Proxy secret with which benchmarks state each customer's network. */
export const PROXY_SECRET = 'the secret of the proxy of this bench'

const START_LIMIT_MS = 30_000
const POLL_MS = 2
const running = new Set<ChildProcess>()

const stop = (child: ChildProcess): Promise<void> =>
  new Promise(done => {
    if (child.exitCode !== null || child.signalCode !== null) return done()
    child.once('exit', () => done())
    child.kill('SIGTERM')
  })

const isAnswering = (url: string): Promise<boolean> =>
  fetch(url).then(
    async answer => {
      await answer.arrayBuffer()
      return answer.ok
    },
    () => false,
  )

let built: Promise<string> | undefined

/** Builds the pages before the measurement; a starting shop would otherwise build them during it. */
const buildPages = (): Promise<string> => {
  built ??= pagesBuild(line => console.error(`the pages are ${line}`), new AbortController().signal)
  return built
}

/** Starts the shop and waits until it answers `path`; `more` extends its environment. Throws with its output if it ends. */
export const startShop = async (
  dataDir: string,
  path: string,
  limitMs = START_LIMIT_MS,
  moreFlags: readonly string[] = [],
  more: Readonly<Record<string, string>> = {},
): Promise<ShopProcess> => {
  await buildPages()
  const [port, dynamodbPort] = [await freePort(), await freePort()]
  const { PATH = '', HOME = '' } = process.env
  const start = performance.now()
  const child = spawn(process.execPath, [...moreFlags, ...START], {
    cwd: PROJECT,
    env: {
      PATH,
      HOME,
      NODE_ENV: 'production',
      CLOUDSHELF_DATA_DIR: dataDir,
      PORT: String(port),
      DYNAMODB_PORT: String(dynamodbPort),
      TRUSTED_PROXY_SECRET: PROXY_SECRET,
      ...more,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  let said = ''
  for (const output of [child.stdout, child.stderr])
    output.on('data', chunk => {
      said = (said + chunk).slice(-4_000)
    })
  while (!(await isAnswering(`http://127.0.0.1:${port}${path}`))) {
    if (!running.has(child) || performance.now() - start > limitMs)
      throw new Error(`the shop did not start:\n${said}`)
    await sleep(POLL_MS)
  }
  const startedIn = performance.now() - start
  const { engine } = JSON.parse(readFileSync(join(dataDir, 'lock.json'), 'utf8'))
  const inspector = /^Debugger listening on (ws:\S+)/m.exec(said)?.[1]
  return { port, pid: child.pid ?? 0, engine, startedIn, inspector, end: () => stop(child) }
}

/** Stops all shops, which stop their engines. */
export const stopShops = async (): Promise<void> => {
  await Promise.all([...running].map(stop))
}
