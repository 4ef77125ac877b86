/** A PostgreSQL for tests: the embedded server on a temporary folder, which is ended with this process, also when that is killed. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findPostgres } from '#src/local/postgres/binary.ts'
import { OWNER, postgresFolder, prepareCluster, readOwnerPassword } from '#src/local/postgres/cluster.ts'
import { findFreePort, IMMEDIATE_STOP, launchPostgres, POSTGRES_HOST } from '#src/local/postgres/process.ts'

export type TestPostgres = {
  /** URL of the database `postgres`, as the owner of everything. */
  readonly url: string
  readonly pid: number
  readonly stop: () => Promise<void>
}

/** Tests need no data that outlives a crash of the machine. */
const FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: 100 }

/** Ends the server and removes its folder when standard input ends, which it does when this process is killed. */
const GUARD = 'read -r never; kill -QUIT "$1"; sleep 1; rm -rf "$2"'

export const startTestPostgres = async (
  options: Readonly<Record<string, string | number>> = FAST,
): Promise<TestPostgres> => {
  const path = mkdtempSync(join(tmpdir(), 'cloudshelf-postgres-'))
  const folder = postgresFolder(path)
  const postgres = findPostgres()
  await prepareCluster(folder, postgres)
  const port = await findFreePort()
  const server = await launchPostgres({ postgres, folder, port, options })
  const guard = spawn('/bin/sh', ['-c', GUARD, 'guard', String(server.identity.pid), path], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  guard.unref()
  return {
    url: `postgres://${OWNER}:${readOwnerPassword(folder)}@${POSTGRES_HOST}:${port}/postgres`,
    pid: server.identity.pid,
    stop: async () => {
      guard.kill('SIGKILL')
      server.kill(IMMEDIATE_STOP)
      await server.ended
      rmSync(path, { recursive: true, force: true })
    },
  }
}
