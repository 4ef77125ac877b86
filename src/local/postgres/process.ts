/** One process of the embedded PostgreSQL, from spawn until it accepts connections or fails. `embedded.ts` keeps it running. */
import { createServer } from 'node:net'
import { lastLine, launchServer, type ServerProcess, serverCommand } from '../server-process.ts'
import { StartError } from '../start-error.ts'
import { type PostgresPackage, postgresRun } from './binary.ts'
import type { PostgresFolder } from './cluster.ts'

export const POSTGRES_HOST = '127.0.0.1'

/** After a crash it reads its log again before it serves. */
const READY_WITHIN_MS = 120_000
/** Ends it at once, without waiting for clients; the next start reads its log again. */
export const IMMEDIATE_STOP: NodeJS.Signals = 'SIGQUIT'
/** Ends connections, writes everything and ends. */
export const FAST_STOP: NodeJS.Signals = 'SIGINT'

/**
 * Settings of the server: small, because it serves one shop, and with locks enough for batches of 500 keys. Given at each start, so
 * that an older folder has them too. Nothing of a statement is logged.
 */
const OPTIONS: Readonly<Record<string, string | number>> = {
  listen_addresses: POSTGRES_HOST,
  unix_socket_directories: '',
  max_connections: 40,
  password_encryption: 'scram-sha-256',
  shared_buffers: '32MB',
  max_locks_per_transaction: 256,
  wal_level: 'minimal',
  max_wal_senders: 0,
  max_wal_size: '256MB',
  io_method: 'sync',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'log',
  log_checkpoints: 'off',
  log_line_prefix: '',
}

/** A free port of the loopback interface. */
export const findFreePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, POSTGRES_HOST, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

export type PostgresLaunch = {
  readonly postgres: PostgresPackage
  readonly folder: PostgresFolder
  readonly port: number
  readonly signal?: AbortSignal
  /** Options beside or instead of ours. */
  readonly options?: Readonly<Record<string, string | number>>
}

const PORT_TAKEN = /could not bind|could not create any TCP/

/**
 * Starts PostgreSQL on the files of `folder` and waits until it accepts connections. Throws StartError, with what to do, when it does
 * not. After an error, and when `signal` aborts, no process is left behind.
 */
export const launchPostgres = ({
  postgres,
  folder,
  port,
  signal,
  options = {},
}: PostgresLaunch): Promise<ServerProcess> => {
  const settings = Object.entries({ ...OPTIONS, port, ...options })
  const args = ['-D', folder.data, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  const command = postgresRun(postgres, postgres.postgres, args, folder.links)
  return launchServer({
    name: 'the embedded PostgreSQL',
    command: serverCommand(command.file, command.args),
    env: command.env,
    readyLine: 'database system is ready to accept connections',
    explain: ({ lines }) =>
      lines.some(line => PORT_TAKEN.test(line))
        ? new StartError(
            `port ${port} is in use by another program: stop that program, or set POSTGRES_PORT to a free port`,
          )
        : new StartError(
            `the embedded PostgreSQL did not start on ${folder.data} (${lines.findLast(line => line.includes('FATAL')) ?? lastLine(lines)}): ` +
              '`cloudshelf pg drop` removes it, and the next start builds it again',
          ),
    exitSignal: IMMEDIATE_STOP,
    readyWithinMs: READY_WITHIN_MS,
    signal,
  })
}
