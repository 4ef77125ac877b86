/** Calls of RDS: the protection of a database cluster, and the snapshots that its removal leaves. */
import { type Calls, expectOk } from './calls.ts'

export type DatabaseCalls = {
  /** Lets the cluster be deleted. Nothing happens if it does not exist. */
  readonly unprotectDatabase: (identifier: string) => Promise<void>
  /** Names of the snapshots of the cluster, also of one that is gone; without those that RDS makes every day. */
  readonly databaseSnapshots: (identifier: string) => Promise<string[]>
  readonly deleteDatabaseSnapshot: (name: string) => Promise<void>
}

export const createDatabaseCalls = ({ query }: Pick<Calls, 'query'>): DatabaseCalls => ({
  unprotectDatabase: async identifier => {
    const answer = query('rds', 'ModifyDBCluster', {
      DBClusterIdentifier: identifier,
      DeletionProtection: 'false',
      ApplyImmediately: 'true',
    })
    const { status, text } = await answer
    if (status === 404 && text.includes('DBClusterNotFoundFault')) return
    await expectOk(answer, `database ${identifier}`)
  },
  databaseSnapshots: async identifier => {
    const text = await expectOk(
      query('rds', 'DescribeDBClusterSnapshots', { DBClusterIdentifier: identifier, SnapshotType: 'manual' }),
      `snapshots of ${identifier}`,
    )
    return [...text.matchAll(/<DBClusterSnapshotIdentifier>([^<]+)</g)].map(([, name = '']) => name)
  },
  deleteDatabaseSnapshot: async name => {
    await expectOk(
      query('rds', 'DeleteDBClusterSnapshot', { DBClusterSnapshotIdentifier: name }),
      `snapshot ${name}`,
    )
  },
})
