/**
 * A database server as a child process: recorded before it can touch its data, from spawn until it serves or fails. What keeps it
 * running is in `supervised-server.ts`.
 */
import { type SpawnOptions, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { identify, type ProcessIdentity } from './process-identity.ts'
import { StartError } from './start-error.ts'

/** A server that has started to serve. */
export type ServerProcess = {
  readonly identity: ProcessIdentity
  /** Resolves when the process has ended, with the reason; never rejects. */
  readonly ended: Promise<string>
  /** Sends a signal; no effect once the process has ended. */
  readonly kill: (signal: NodeJS.Signals) => void
}

/** A child process that starts the server once a line arrives on its standard input. */
export type ServerCommand = {
  readonly file: string
  readonly args: readonly string[]
  readonly options: Pick<SpawnOptions, 'detached' | 'windowsHide'>
}

/**
 * The command that runs `binary` with `args`. Ctrl-C on a terminal must reach the shop alone, which stops the server after its own
 * last request: on Windows by a console of its own, elsewhere by a process group of its own.
 */
export const serverCommand = (
  binary: string,
  args: readonly string[],
  platform: string = process.platform,
): ServerCommand => {
  // Windows ends a child with its parent, so no server is left over, and has no umask: the folder's access list applies.
  if (platform === 'win32') return { file: binary, args, options: { windowsHide: true } }
  // A shell holds the place until it reads a line: if this process dies before the pid is on record, the shell reads end of file
  // and the server never starts. exec keeps pid and start time.
  const script = 'umask 077; read -r go && exec "$0" "$@"'
  return { file: '/bin/sh', args: ['-c', script, binary, ...args], options: { detached: true } }
}

/** The last lines that a server has written to standard error, and whether it has ended. */
export type ServerOutput = { readonly lines: readonly string[]; readonly gone: boolean }

/** The last line that is not blank. */
export const lastLine = (lines: readonly string[]): string =>
  lines.findLast(line => line.trim() !== '') ?? 'no output'

export type LaunchSpec = {
  /** What messages call it: 'the engine'. */
  readonly name: string
  readonly command: ServerCommand
  readonly env: NodeJS.ProcessEnv
  /** Part of the line on standard error that it writes once it has bound its port. */
  readonly readyLine: string
  /** Whether it responds, asked again and again after that line; by default the line is enough. */
  readonly responds?: () => Promise<boolean>
  /**
   * Called with its identity before it can touch its data, so that no server ever runs unrecorded. Not needed for one that records itself
   * before it does.
   */
  readonly record?: (identity: ProcessIdentity) => void
  /** The error when it has ended, or does not serve in time. */
  readonly explain: (output: ServerOutput) => Error
  /** The signal that ends it when this process exits without having stopped it; SIGKILL by default. */
  readonly exitSignal?: NodeJS.Signals
  readonly readyWithinMs: number
  readonly signal?: AbortSignal | undefined
}

const KEPT_LINES = 5
const POLL_MS = 3

/**
 * Starts the server and waits until it serves. Throws what `explain` returns when it ends or does not serve within `readyWithinMs`, and StartError
 * when it cannot be run. After an error, and when `signal` aborts, no process is left behind.
 */
export const launchServer = async ({
  name,
  command,
  env,
  readyLine,
  responds = async () => true,
  record = () => {},
  explain,
  exitSignal = 'SIGKILL',
  readyWithinMs,
  signal,
}: LaunchSpec): Promise<ServerProcess> => {
  const child = spawn(command.file, command.args, {
    ...command.options,
    stdio: ['pipe', 'ignore', 'pipe'],
    env,
  })
  child.stdin.on('error', () => {}) // it ended before it was told to go on: `ended` says so

  const lines: string[] = []
  let bound = false
  let gone = false
  createInterface({ input: child.stderr }).on('line', line => {
    // Written only after it has bound the port: until then a response on that port may come from another process.
    if (line.includes(readyLine)) bound = true
    lines.push(line)
    if (lines.length > KEPT_LINES) lines.shift()
  })
  const kill = (sent: NodeJS.Signals) => void child.kill(sent)
  // Never outlives a normal exit or an uncaught error; a server left by kill -9 is ended by the next start.
  const killNow = () => kill(exitSignal)
  process.once('exit', killNow)
  const ended = new Promise<string>(resolve => {
    const finish = (how: string) => {
      gone = true
      process.off('exit', killNow)
      resolve(how)
    }
    child.on('error', error => {
      if (child.pid === undefined) finish(error.message)
    })
    child.on('close', (code, killer) =>
      finish(killer ? `killed by ${killer}` : `exit code ${code}, last output: ${lastLine(lines)}`),
    )
  })

  const deadline = performance.now() + readyWithinMs
  try {
    if (child.pid === undefined) throw new StartError(`${name} did not start: ${await ended}`)
    const identity = identify(child.pid) ?? { pid: child.pid, started: 'unknown' }
    record(identity)
    child.stdin.end('\n')
    while (!(bound && (await responds()))) {
      if (gone || performance.now() > deadline) throw explain({ lines, gone })
      await sleep(POLL_MS, undefined, signal && { signal })
    }
    signal?.throwIfAborted()
    if (gone) throw new StartError(`${name} ended at once: ${await ended}`)
    return { identity, ended, kill }
  } catch (error) {
    kill('SIGKILL')
    await ended
    throw error
  }
}
