/** One engine process, from spawn until it responds or fails. `engine.ts` keeps it running. */
import { spawn } from 'node:child_process'
import { request } from 'node:http'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EngineRecord } from './data-folder.ts'
import { restoreAdvice } from './database-file.ts'
import type { EngineAddress } from './engine-address.ts'
import { engineCommand } from './engine-binary.ts'
import { identify, type ProcessIdentity } from './process-identity.ts'
import { StartError } from './start-error.ts'

/** A running engine that has responded once. */
export type EngineProcess = {
  readonly identity: ProcessIdentity
  readonly endpoint: string
  /** Resolves when the process has ended, with the reason; never rejects. */
  readonly ended: Promise<string>
  /** Sends a signal; no effect once the process has ended. */
  readonly kill: (signal: NodeJS.Signals) => void
}

/** The port was taken between being found free and being bound: try another. */
export class PortInUseError extends Error {}

const PORT_TAKEN = /port \d+ is already in use|failed to bind/
const KEPT_LINES = 5
const PROBE_TIMEOUT_MS = 1000
const PROBE_PAUSE_MS = 3

// The engine refuses unsigned requests but does not check signatures.
export const PROBE_HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': 'DynamoDB_20120810.ListTables',
  'x-amz-date': '20260101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
}

/** Health check: whether a DynamoDB responds to ListTables at `endpoint` within a second. Never rejects. */
export const isResponding = (endpoint: string): Promise<boolean> =>
  new Promise(done => {
    const options = { method: 'POST', headers: PROBE_HEADERS, agent: false, timeout: PROBE_TIMEOUT_MS }
    const probe = request(endpoint, options, response => {
      response.resume().on('error', () => done(false))
      response.on('end', () => done(response.statusCode === 200))
    })
    probe.on('timeout', () => probe.destroy()).on('error', () => done(false))
    probe.end('{}')
  })

/**
 * Starts `binary` on `address` and waits until it responds.
 * `record` is called before it can touch the database, so that no engine ever runs unrecorded, and again with the
 * endpoint once it responds.
 * Throws PortInUseError, or StartError with the engine's last line when it ends or does not respond for `readyWithinMs`.
 * After an error, and when `signal` aborts, no process is left behind.
 */
export const launchEngine = async (
  { binary, databasePath, address }: { binary: string; databasePath: string; address: EngineAddress },
  record: (engine: EngineRecord) => void,
  { signal, readyWithinMs = 10_000 }: { signal?: AbortSignal; readyWithinMs?: number } = {},
): Promise<EngineProcess> => {
  const args = ['--host', address.host, '--port', String(address.port), '--db-path', databasePath]
  const command = engineCommand(binary, args)
  const child = spawn(command.file, command.args, {
    ...command.options,
    stdio: ['pipe', 'ignore', 'pipe'],
    // The engine works on one request at a time: a second thread would only contend for its allocator.
    env: { TOKIO_WORKER_THREADS: '1' },
  })
  child.stdin.on('error', () => {}) // it ended before it was told to go on: `ended` says so

  const lines: string[] = []
  let listening = false
  let gone = false
  createInterface({ input: child.stderr }).on('line', line => {
    // Written only after it has bound the port: until then a response on that port may come from another process.
    if (line.includes('listening on')) listening = true
    lines.push(line)
    if (lines.length > KEPT_LINES) lines.shift()
  })
  const kill = (name: NodeJS.Signals) => void child.kill(name)
  // Never outlives a normal exit or an uncaught error; an engine left by kill -9 is ended by the next start.
  const killNow = () => kill('SIGKILL')
  process.once('exit', killNow)
  const lastLine = () => lines.findLast(line => line.trim() !== '') ?? 'no output'
  const ended = new Promise<string>(resolve => {
    const finish = (how: string) => {
      gone = true
      process.off('exit', killNow)
      resolve(how)
    }
    child.on('error', error => {
      if (child.pid === undefined) finish(error.message)
    })
    child.on('close', (code, name) =>
      finish(name ? `killed by ${name}` : `exit code ${code}, last output: ${lastLine()}`),
    )
  })

  const endpoint = `http://${address.host}:${address.port}`
  const deadline = performance.now() + readyWithinMs
  try {
    if (child.pid === undefined) throw new StartError(`the engine did not start: ${await ended}`)
    const identity = identify(child.pid) ?? { pid: child.pid, started: 'unknown' }
    record(identity)
    child.stdin.end('\n')
    while (!(listening && (await isResponding(endpoint)))) {
      if (gone && lines.some(line => PORT_TAKEN.test(line))) throw new PortInUseError(lastLine())
      if (gone || performance.now() > deadline)
        throw new StartError(
          `the embedded engine did not start on ${databasePath} (${lastLine()}): \`npx cloudshelf doctor\` checks the file; ` +
            restoreAdvice(databasePath),
        )
      await sleep(PROBE_PAUSE_MS, undefined, signal && { signal })
    }
    signal?.throwIfAborted()
    if (gone) throw new StartError(`the embedded engine ended at once: ${await ended}`)
    record({ ...identity, endpoint })
    return { identity, endpoint, ended, kill }
  } catch (error) {
    kill('SIGKILL')
    await ended
    throw error
  }
}
