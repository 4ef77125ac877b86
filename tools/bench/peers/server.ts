/** Server process of a peer on a free loopback port. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const LIMIT_MS = 120_000
const POLL_MS = 10
const END_MS = 8_000
const running = new Set<ChildProcess>()

export type ServerStart = {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** File for its output. */
  readonly log: string
  /** Whether it serves a book. */
  readonly ready: () => Promise<boolean>
}

const stop = (child: ChildProcess): Promise<void> =>
  new Promise(done => {
    if (child.exitCode !== null || child.signalCode !== null) return done()
    const hard = setTimeout(() => child.kill('SIGKILL'), END_MS)
    child.once('exit', () => {
      clearTimeout(hard)
      done()
    })
    child.kill('SIGTERM')
  })

/** Starts it and waits until it is ready. Throws with the log file's name if it ends or takes two minutes. */
export const startServer = async ({ command, args, cwd, env, log, ready }: ServerStart) => {
  const start = performance.now()
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(command, args, {
    cwd,
    env: { PATH, HOME, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  child.once('error', () => running.delete(child))
  const output = createWriteStream(log, { flags: 'a' })
  child.stdout.pipe(output)
  child.stderr.pipe(output)
  while (!(await ready().catch(() => false))) {
    if (!running.has(child) || performance.now() - start > LIMIT_MS) {
      await stop(child)
      throw new Error(`${command} ${args.join(' ')} did not start; it said why in ${log}`)
    }
    await sleep(POLL_MS)
  }
  return { pid: child.pid ?? 0, startedIn: performance.now() - start, end: () => stop(child) }
}

export const stopServers = async (): Promise<void> => {
  await Promise.all([...running].map(stop))
}

/** Version of a node binary, for example v20.20.2. */
export const readNodeVersion = (node: string): string =>
  execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
