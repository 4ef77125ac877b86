/** Stacks of a stage: the store outlives releases, the edge is global, the shop changes with each release. */
import { type App, Tags } from 'aws-cdk-lib'
import { FUNCTIONS, OPTIONAL_FUNCTIONS } from '#src/lambda/functions.ts'
import type { TableId } from '#src/tables/definitions.ts'
import { Data } from './data/data.ts'
import { Edge } from './edge/edge.ts'
import { type Options, OptionsError } from './settings/options.ts'
import { EDGE_REGION } from './settings/region.ts'
import { stackNames } from './settings/stack-names.ts'
import { getStage, type StageName } from './settings/stage.ts'
import type { CodeFolders } from './shop/functions.ts'
import { Shop } from './shop/shop.ts'
import { Store } from './store/store.ts'

export type Stacks = {
  readonly stage: StageName
  readonly store: Store
  readonly edge: Edge
  readonly shop: Shop
  /** PostgreSQL, with the option `reports`. */
  readonly data?: Data
  readonly standby?: { readonly store: Store; readonly shop: Shop; readonly data?: Data }
}

/** Creates the stacks of these options. `account` is known only in a deployment. */
export const createStacks = (app: App, options: Options, code: CodeFolders, account?: string): Stacks => {
  const stage = getStage(options.stage)
  const { region, secondRegion, active } = options
  const names = stackNames(options)
  if (active === 'second' && !(options.secondBooksStream && options.secondControlStream))
    throw new OptionsError(
      'invalid options: active=second requires secondBooksStream and secondControlStream, which `npm run deploy` finds',
    )
  const at = (where: string) => ({
    env: { region: where, ...(account ? { account } : {}) },
    crossRegionReferences: true,
  })
  // Production data cannot be deleted by a single call: see operate/destroy.ts.
  const guarded = { terminationProtection: stage.keepsData }
  const isCopied = secondRegion !== undefined
  const standbyStore = secondRegion
    ? new Store(app, names.standbyStore, {
        ...at(secondRegion),
        stage,
        hasTables: false,
        isCopied,
        ...guarded,
      })
    : undefined
  const store = new Store(app, names.store, {
    ...at(region),
    stage,
    hasTables: true,
    ...guarded,
    replica: secondRegion,
    copyTo: standbyStore?.buckets.blobs,
    isCopied,
    functions: [
      ...FUNCTIONS,
      ...OPTIONAL_FUNCTIONS.filter(({ option }) => option !== 'reports' || options.reports !== undefined),
    ],
  })
  const edge = new Edge(app, names.edge, {
    ...at(EDGE_REGION),
    stage,
    options,
    first: store,
    second: standbyStore,
  })
  const streams: Partial<Record<TableId, string | undefined>> = {
    books: options.secondBooksStream,
    control: options.secondControlStream,
    orders: options.secondOrdersStream,
    carts: options.secondCartsStream,
    users: options.secondUsersStream,
  }
  const createData = (id: string, where: string): Data | undefined =>
    options.reports && new Data(app, id, { ...at(where), stage, options, ...guarded })
  const data = createData(names.data, region)
  const standbyData = secondRegion ? createData(names.standbyData, secondRegion) : undefined
  const ownStream = (table: TableId): string | undefined => store.tables?.[table].tableStreamArn
  const shop = new Shop(app, names.shop, {
    ...at(region),
    stage,
    options,
    store,
    edge,
    code,
    isFirst: true,
    streamArn: active === 'first' ? ownStream : undefined,
    data,
    followedStreamArn: data && ownStream,
  })
  const standbyShop =
    secondRegion && standbyStore
      ? new Shop(app, names.standbyShop, {
          ...at(secondRegion),
          stage,
          options,
          store: standbyStore,
          edge,
          code,
          isFirst: false,
          streamArn: active === 'second' ? table => streams[table] : undefined,
          data: standbyData,
          followedStreamArn: standbyData && (table => streams[table]),
        })
      : undefined
  Tags.of(app).add('shop', `cloudshelf-${stage.name}`)
  return {
    stage: options.stage,
    store,
    edge,
    shop,
    ...(data ? { data } : {}),
    ...(standbyStore && standbyShop
      ? { standby: { store: standbyStore, shop: standbyShop, ...(standbyData ? { data: standbyData } : {}) } }
      : {}),
  }
}
