/** Items of a shop while a backup collects them: on the disk, since they may be read again and changed before they are archived. */
import { closeSync, openSync, rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { RawItem } from '../core/dynamo/raw-items.ts'
import type { TableId } from '../tables/definitions.ts'
import { hasMarkExpired, keyText, markOf } from '../tables/raw-items.ts'

export type ItemStore = {
  /** Adds items, or replaces those of their keys. */
  readonly put: (id: TableId, items: readonly RawItem[]) => void
  readonly remove: (id: TableId, key: string) => void
  /** Removes the items of a table. */
  readonly clear: (id: TableId) => void
  /** The keys of those of the given items that the store has not, or has otherwise. Those that it has are counted as found. */
  readonly compare: (id: TableId, items: readonly RawItem[]) => string[]
  /** The keys of items that no comparison has found, and that have not expired. */
  readonly notFound: (id: TableId) => string[]
  /** All items of a table, in the order of their keys. */
  readonly pages: (id: TableId) => Generator<readonly RawItem[]>
  /** Deletes the store. */
  readonly close: () => void
}

const PAGE = 500

/** Creates a store in this file, which must not exist, readable by its owner only. */
export const createItemStore = (file: string): ItemStore => {
  closeSync(openSync(file, 'wx', 0o600))
  const db = new DatabaseSync(file)
  // It is worth nothing after a crash: no journal, and no waiting for the disk.
  db.exec(`PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
    CREATE TABLE items (id TEXT, key TEXT, mark TEXT, item TEXT, found INTEGER DEFAULT 0, PRIMARY KEY (id, key)) WITHOUT ROWID`)
  const put = db.prepare('INSERT OR REPLACE INTO items (id, key, mark, item) VALUES (?, ?, ?, ?)')
  const remove = db.prepare('DELETE FROM items WHERE id = ? AND key = ?')
  const clear = db.prepare('DELETE FROM items WHERE id = ?')
  const find = db.prepare('UPDATE items SET found = 1 WHERE id = ? AND key = ? RETURNING mark')
  const missing = db.prepare('SELECT key, mark FROM items WHERE id = ? AND found = 0')
  const page = db.prepare('SELECT key, item FROM items WHERE id = ? AND key > ? ORDER BY key LIMIT ?')
  const atOnce = <T>(work: () => T): T => {
    db.exec('BEGIN')
    const result = work()
    db.exec('COMMIT')
    return result
  }
  return {
    put: (id, items) =>
      atOnce(() => {
        for (const item of items) put.run(id, keyText(id, item), markOf(id, item), JSON.stringify(item))
      }),
    remove: (id, key) => void remove.run(id, key),
    clear: id => void clear.run(id),
    compare: (id, items) =>
      atOnce(() =>
        items.flatMap(item => {
          const key = keyText(id, item)
          return find.get(id, key)?.mark === markOf(id, item) ? [] : [key]
        }),
      ),
    notFound: id =>
      missing.all(id).flatMap(({ key, mark }) => (hasMarkExpired(String(mark)) ? [] : [String(key)])),
    *pages(id) {
      for (let after = ''; ; ) {
        const rows = page.all(id, after, PAGE)
        if (rows.length === 0) return
        yield rows.map(({ item }) => JSON.parse(String(item)) as RawItem)
        after = String(rows.at(-1)?.key)
      }
    },
    close: () => {
      db.close()
      rmSync(file, { force: true })
    },
  }
}
