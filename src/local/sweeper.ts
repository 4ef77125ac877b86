/** DynamoDB deletes expired items by itself; the embedded engine does not, so a local shop does it for it. */
import type { Deps } from '../composition/shop.ts'
import { wasApplied } from '../core/dynamo/conditional.ts'
import { epochSeconds } from '../core/ids.ts'
import { TABLE_IDS, TABLES, type TableDefinition } from '../tables/definitions.ts'

/** Deletes what expired more than an hour ago from the tables that have a TTL. Returns how many items it deleted. */
export const sweepExpired = async ({
  db,
  settings: { names },
  now,
}: Pick<Deps, 'db' | 'settings' | 'now'>): Promise<number> => {
  const before = epochSeconds(now()) - 3600
  let deleted = 0
  for (const id of TABLE_IDS) {
    const { key, ttl }: TableDefinition = TABLES[id]
    if (!ttl) continue
    for await (const items of db.scan(names[id], { pageSize: 200 }))
      for (const item of items) {
        const expires = item[ttl]
        if (typeof expires !== 'number' || expires >= before) continue
        const condition = `${ttl} = :expires`
        const itemKey = { [key.hash]: item[key.hash], ...(key.range ? { [key.range]: item[key.range] } : {}) }
        const write = { action: 'Delete', table: names[id], key: itemKey, condition } as const
        if (await wasApplied(db.write({ ...write, values: { ':expires': expires } }))) deleted++
      }
  }
  return deleted
}
