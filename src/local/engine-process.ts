/** One engine process, from spawn until it responds or fails. `engine.ts` keeps it running. */
import { request } from 'node:http'
import type { EngineRecord } from './data-folder.ts'
import { restoreAdvice } from './database-file.ts'
import type { EngineAddress } from './engine-address.ts'
import { lastLine, launchServer, type ServerProcess, serverCommand } from './server-process.ts'
import { StartError } from './start-error.ts'

/** A running engine that has responded once. */
export type EngineProcess = ServerProcess & { readonly endpoint: string }

/** The port was taken between being found free and being bound: try another. */
export class PortInUseError extends Error {}

const PORT_TAKEN = /port \d+ is already in use|failed to bind/
const PROBE_TIMEOUT_MS = 1000

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
  const endpoint = `http://${address.host}:${address.port}`
  const args = ['--host', address.host, '--port', String(address.port), '--db-path', databasePath]
  const server = await launchServer({
    name: 'the embedded engine',
    command: serverCommand(binary, args),
    // The engine works on one request at a time: a second thread would only contend for its allocator.
    env: { TOKIO_WORKER_THREADS: '1' },
    readyLine: 'listening on',
    responds: () => isResponding(endpoint),
    record,
    explain: ({ lines, gone }) =>
      gone && lines.some(line => PORT_TAKEN.test(line))
        ? new PortInUseError(lastLine(lines))
        : new StartError(
            `the embedded engine did not start on ${databasePath} (${lastLine(lines)}): \`npx cloudshelf doctor\` checks the file; ` +
              restoreAdvice(databasePath),
          ),
    readyWithinMs,
    signal,
  })
  try {
    record({ ...server.identity, endpoint })
  } catch (error) {
    server.kill('SIGKILL')
    await server.ended
    throw error
  }
  return { ...server, endpoint }
}
