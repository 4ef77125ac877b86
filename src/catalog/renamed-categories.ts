/** Former names of categories: rows of the control table that keep links to a renamed category working. */
import { partition } from '../core/control/row-kind.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { Write } from '../core/dynamo/write.ts'
import type { TableNames } from '../tables/definitions.ts'

const ROW = CONTROL_ROWS.renamedCategory

export type RenamedDeps = { readonly db: Dynamo; readonly names: TableNames }

/** Where each former name leads now, also over several renames; names that lead in a circle are left out. */
export const readRenamed = async ({ db, names }: RenamedDeps): Promise<Map<string, string>> => {
  const next = new Map<string, string>()
  for await (const rows of db.pages(partition(names.control, ROW.pk)))
    for (const { sk, now } of rows) next.set(String(sk), String(now))
  const renamed = new Map<string, string>()
  for (const former of next.keys()) {
    const passed = new Set<string>()
    let name = former
    for (let to = next.get(name); to !== undefined && !passed.has(name); to = next.get(name)) {
      passed.add(name)
      name = to
    }
    if (!passed.has(name)) renamed.set(former, name)
  }
  return renamed
}

/** The writes that make links to `from` lead to `to`, which is a category of its own now, whatever it was before. */
export const renamedWrites = ({ names }: Pick<RenamedDeps, 'names'>, from: string, to: string): Write[] => [
  { action: 'Put', table: names.control, item: { ...ROW.key(from), now: to } },
  { action: 'Delete', table: names.control, key: ROW.key(to) },
]
