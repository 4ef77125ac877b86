/** One table in memory, for model tests with thousands of histories: it knows the writes and conditions of payments, and no others. */
import type { Dynamo } from '#src/core/dynamo/dynamo.ts'
import { type Item, TransactionRefused, type Write } from '#src/core/dynamo/write.ts'

const keyOf = ({ pk, sk }: Item): string => `${pk} ${sk}`
const itemKey = (write: Write): string => keyOf(write.action === 'Put' ? write.item : write.key)

const holds = ({ condition, values = {} }: Write, old: Item | undefined): boolean => {
  switch (condition) {
    case undefined:
      return true
    case 'attribute_not_exists(pk)':
      return old === undefined
    case 'version = :version':
      return old !== undefined && old.version === values[':version']
    default:
      throw new TypeError(`a table in memory does not know the condition ${condition}`)
  }
}

export const createMemoryTable = (): { readonly db: Dynamo; readonly items: ReadonlyMap<string, Item> } => {
  const items = new Map<string, Item>()
  const unknown = (): never => {
    throw new TypeError('a table in memory does not know this call')
  }
  const ofPartition = (pk: unknown): Item[] =>
    [...items.values()]
      .filter(item => item.pk === pk)
      .sort((a, b) => (String(a.sk) < String(b.sk) ? -1 : 1))
      .map(item => structuredClone(item))
  const transact: Dynamo['transact'] = async writes => {
    if (new Set(writes.map(itemKey)).size < writes.length) throw new TypeError('an item occurs twice')
    if (writes.length > 100) throw new TypeError('more than 100 writes')
    const failed = writes.filter(write => !holds(write, items.get(itemKey(write))))
    if (failed.length > 0)
      throw new TransactionRefused(new Map(failed.map(write => [write, items.get(itemKey(write))])))
    for (const write of writes)
      if (write.action === 'Put') items.set(itemKey(write), structuredClone(write.item))
      else if (write.action === 'Delete') items.delete(itemKey(write))
      else if (write.action !== 'ConditionCheck') unknown()
  }
  return {
    items,
    db: {
      get: async (_, key) => items.get(keyOf(key)),
      query: async ({ values }) => ({ items: ofPartition(values[':pk']) }),
      async *pages({ values }) {
        yield ofPartition(values[':pk'])
      },
      batchGet: async (_, keys) => keys.map(key => items.get(keyOf(key))).filter(item => item !== undefined),
      transact,
      write: async one => transact([one]),
      scan: unknown,
      batchGetAll: unknown,
      admin: unknown,
      outages: () => [],
      close: async () => {},
    },
  }
}
