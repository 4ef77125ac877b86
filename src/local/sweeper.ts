/** Deletion of expired items. DynamoDB deletes them by itself (TTL); the embedded engine does not, so a local shop does. */
import type { Deps } from '../composition/shop.ts'
import { wasApplied } from '../core/dynamo/conditional.ts'
import { epochSeconds } from '../core/ids.ts'
import { primaryKey, TABLE_IDS, TABLES, type TableDefinition } from '../tables/definitions.ts'

/** DynamoDB deletes late as well, within a few days: readers check the expiry themselves. */
const GRACE_SECONDS = 3600

/** Deletes what expired more than an hour ago from the tables that have a TTL. Returns the number of deleted items. */
export const sweepExpired = async ({
  db,
  settings: { names },
  now,
}: Pick<Deps, 'db' | 'settings' | 'now'>): Promise<number> => {
  const before = epochSeconds(now()) - GRACE_SECONDS
  let deleted = 0
  for (const id of TABLE_IDS) {
    const { ttl }: TableDefinition = TABLES[id]
    if (!ttl) continue
    for await (const items of db.scan(names[id], { pageSize: 200 }))
      for (const item of items) {
        const expires = item[ttl]
        if (typeof expires !== 'number' || expires >= before) continue
        // The condition spares an item that was renewed after the scan.
        const deletion = db.write({
          action: 'Delete',
          table: names[id],
          key: primaryKey(id, item),
          condition: `${ttl} = :expires`,
          values: { ':expires': expires },
        })
        if (await wasApplied(deletion)) deleted++
      }
  }
  return deleted
}
