/**
 * An emulated Region: a shop over an engine of its own, whose tables are replicas of those of another Region. The changes of its tables are
 * named as by their streams; it can fail as a whole.
 */
import { engineSigner } from '#src/core/aws/sign.ts'
import { type CapturedKey, capturedWrite } from '#src/core/dynamo/capture.ts'
import { createDynamo } from '#src/core/dynamo/dynamo.ts'
import { getRaw, putRaw, type RawItem, scanRaw } from '#src/core/dynamo/raw-items.ts'
import { createWire } from '#src/core/dynamo/wire.ts'
import { lockDataFolder } from '#src/local/data-folder.ts'
import { startEngine } from '#src/local/engine.ts'
import { createProjection } from '#src/projection/projection.ts'
import { createStreamedProjection } from '#src/projection/streamed.ts'
import { isClean, verify } from '#src/projection/verify.ts'
import { TABLE_IDS, TABLES, type TableId, type TableNames } from '#src/tables/definitions.ts'
import { onCleanup } from './cleanup.ts'
import { startFaultyEngine } from './faulty-engine.ts'
import { createTestShop, type ShopOptions, TEST_SECRET, type TestShop, temporaryFolder } from './kit.ts'
import { openTestDatabase } from './postgres.ts'

/** Told of the keys of a write that was carried out: of a client of the Region, or by the replication from another one. */
type OnChange = (keys: readonly CapturedKey[], by: 'client' | 'replication') => void

export type Region = {
  readonly shop: TestShop
  readonly isDown: () => boolean
  /** Cuts the shop off from its tables, or connects it again. */
  readonly setDown: (isDown: boolean) => void
  /** Calls `listener` for all changes from now on. */
  readonly onChange: (listener: OnChange) => void
  /** All items of a table as they are stored, also while the Region is down. */
  readonly items: (id: TableId) => Promise<readonly RawItem[]>
  /** The items of these keys as they are in this Region's tables; undefined where there is none. */
  readonly read: (
    keys: readonly CapturedKey[],
  ) => Promise<readonly (CapturedKey & { readonly item: RawItem | undefined })[]>
  /** Stores what another Region has: items, or undefined for one that is deleted. */
  readonly receive: (
    changes: readonly (CapturedKey & { readonly item: RawItem | undefined })[],
  ) => Promise<void>
}

const keyAttributes =
  (names: TableNames) =>
  (table: string): readonly string[] | undefined => {
    const id = TABLE_IDS.find(one => names[one] === table)
    if (id === undefined) return undefined
    const { hash, range }: { readonly hash: string; readonly range?: string } = TABLES[id].key
    return range === undefined ? [hash] : [hash, range]
  }

/** The key of an item; all keys of the shop's tables are strings. */
export const keyOfItem = (names: TableNames, table: string, item: RawItem): CapturedKey => ({
  table,
  key: Object.fromEntries((keyAttributes(names)(table) ?? []).map(name => [name, String(item[name]?.S)])),
})

/** Opens a Region with empty tables, or with `books`. */
export const openRegion = async (options: Omit<ShopOptions, 'endpoint'>): Promise<Region> => {
  const engine = await startEngine({ folder: await lockDataFolder(temporaryFolder()) })
  onCleanup(engine.stop)
  const listeners = new Set<OnChange>()
  let names: TableNames | undefined
  const front = await startFaultyEngine(engine, (operation, input, status) => {
    if (status !== 200 || !names) return
    const write = capturedWrite(operation, input, keyAttributes(names))
    if (write) for (const listener of listeners) listener(write.keys, 'client')
  })
  const shop = await createTestShop({ ...options, endpoint: front.endpoint })
  names = shop.names
  const wire = createWire(() => engine.endpoint, engineSigner)
  onCleanup(wire.close)
  const direct = createDynamo(wire)
  let isDown = false
  return {
    shop,
    isDown: () => isDown,
    setDown: down => {
      isDown = down
      front.plan(() => (down ? 'refuse' : undefined))
    },
    onChange: listener => void listeners.add(listener),
    items: async id => {
      const found: RawItem[] = []
      for await (const page of scanRaw(direct, shop.names[id])) found.push(...page)
      return found
    },
    read: keys => getRaw(direct, keys),
    receive: async changes => {
      for (const [table, ones] of Map.groupBy(changes, one => one.table)) {
        const present = ones.flatMap(({ item }) => (item ? [item] : []))
        await putRaw(direct, table, present, undefined, 'batches')
        for (const { key, item } of ones)
          if (!item) await direct.write({ action: 'Delete', table, key }, true)
      }
      for (const listener of listeners) listener(changes, 'replication')
    },
  }
}

export type RegionProjection = {
  /** Applies what the streams have named so far; nothing while the Region is down. */
  readonly follow: () => Promise<void>
  /** Whether the rows are those of the Region's tables, also while it sells. */
  readonly isVerified: () => Promise<boolean>
}

/**
 * A projection of a Region's tables as they are now, in a database of its own, which follows the changes of `streams`: those of the
 * same Region, where it is done right.
 */
export const openRegionProjection = async (region: Region, streams = region): Promise<RegionProjection> => {
  const { deps, names } = region.shop
  const { sql } = await openTestDatabase()
  const { db, currency } = deps
  const parts = createProjection({ db, sql, names, currency, secret: TEST_SECRET })
  const projection = createStreamedProjection(parts)
  let waiting: CapturedKey[] = []
  streams.onChange(keys => void waiting.push(...keys))
  await projection.backfill()

  const applyWaiting = async (): Promise<void> => {
    if (region.isDown()) return
    const keys = waiting
    waiting = []
    try {
      await projection.apply(keys, new Date())
    } catch (error) {
      waiting = [...keys, ...waiting]
      if (!region.isDown()) throw error
    }
  }
  let following = Promise.resolve()
  const follow = (): Promise<void> => {
    following = following.then(applyWaiting)
    return following
  }
  const settled = async (): Promise<boolean> => {
    await follow()
    return true
  }
  return {
    follow,
    isVerified: async () => {
      await follow()
      return isClean(await verify({ ...parts, settled }))
    },
  }
}
