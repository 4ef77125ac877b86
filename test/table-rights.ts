/**
 * Check of the rights on tables: the calls of functions, compared with `src/lambda/table-rights.ts`. In a shop of the test kit a call
 * is made by the function of the endpoint that is being served, or by the one that a test names; bundles report theirs
 * (`lambda-runtime.mjs`). A test file with a call for which there is no right fails, and so does a run of all tests in which a
 * right was not used (`unused-rights-setup.ts`).
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Wire } from '#src/core/dynamo/wire.ts'
import { currentRequest } from '#src/core/request.ts'
import { FUNCTIONS, type FunctionId, OPTIONAL_FUNCTIONS } from '#src/lambda/functions.ts'
import {
  allows,
  OF_EARLIER_RELEASE,
  TABLE_RIGHTS,
  type TableAction,
  type TableCall,
  type TableRight,
} from '#src/lambda/table-rights.ts'
import { TABLE_IDS, TABLES, type TableDefinition, type TableId } from '#src/tables/definitions.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder to which test files write the rights that they have used. */
    usedRights: string
  }
}

type Values = Readonly<Record<string, Readonly<Record<string, string>>>>
type Input = {
  readonly TableName?: string
  readonly IndexName?: string
  readonly Key?: Values
  readonly Item?: Values
  readonly KeyConditionExpression?: string
  readonly ExpressionAttributeValues?: Values
  readonly RequestItems?: Readonly<Record<string, { readonly Keys: readonly Values[] }>>
  readonly TransactItems?: readonly Readonly<Record<string, Input>>[]
}

/** Tables of tests have a prefix; undefined for the name of none. */
const tableOf = (name = ''): TableId | undefined => TABLE_IDS.find(id => name.endsWith(TABLES[id].name))

const textOf = (value: Readonly<Record<string, string>> | undefined): string | undefined =>
  value && Object.values(value)[0]

/** The calls of an operation on items, as IAM authorizes them: a transaction by its parts. */
const callsOf = (operation: string, input: Input): TableCall[] => {
  const { TableName, RequestItems = {}, TransactItems = [] } = input
  if (operation === 'TransactWriteItems')
    return TransactItems.flatMap(one =>
      Object.entries(one).flatMap(([action, part]) => callsOf(`${action}Item`, part)),
    )
  if (operation === 'BatchGetItem')
    return Object.entries(RequestItems).flatMap(([name, { Keys }]) =>
      Keys.flatMap(Key => callOn(name, operation, { Key })),
    )
  return callOn(TableName, operation, input)
}

const callOn = (name: string | undefined, operation: string, input: Input): TableCall[] => {
  const table = tableOf(name)
  if (table === undefined) return []
  const { key, indexes }: TableDefinition = TABLES[table]
  const {
    IndexName: index,
    Key,
    Item,
    ExpressionAttributeValues: values,
    KeyConditionExpression = '',
  } = input
  const { hash } = index === undefined ? key : (indexes[index] ?? key)
  const inQuery = /= *(:\w+)/.exec(KeyConditionExpression)?.[1] ?? ''
  const leadingKey = textOf((Key ?? Item)?.[hash] ?? values?.[inQuery])
  return [{ table, action: operation as TableAction, index, leadingKey }]
}

const functionByPath = new Map(
  [...FUNCTIONS, ...OPTIONAL_FUNCTIONS].flatMap(({ id, endpoints }) =>
    endpoints.map(({ path }): [string, FunctionId] => [path, id]),
  ),
)
const caller = new AsyncLocalStorage<FunctionId>()

/** `work` as this function does it, to which no endpoint leads: its calls of tables are those of the function. */
export const asFunction =
  <Args extends readonly unknown[], Result>(id: FunctionId, work: (...args: Args) => Result) =>
  (...args: Args): Result =>
    caller.run(id, () => work(...args))

const violations = new Set<string>()
/** Uses of rights, as `table index action rows`, with what has them. */
const used = new Map<TableRight, Set<string>>()

/** The parts of a right that can be used or not: each action, and each kind of rows. */
export const partsOf = ({ actions, rows = [] }: TableRight): string[] => [
  ...actions,
  ...rows.map(({ prefix }) => prefix),
]

const record = (id: FunctionId, call: TableCall): void => {
  const rights: readonly TableRight[] = TABLE_RIGHTS[id]
  const having = rights.filter(right => allows(right, call))
  for (const right of having) {
    const parts = used.get(right) ?? new Set()
    parts.add(call.action)
    for (const kind of right.rows ?? []) if (allows({ ...right, rows: [kind] }, call)) parts.add(kind.prefix)
    used.set(right, parts)
  }
  if (having.length > 0) return
  const { table, action, index = '', leadingKey = '' } = call
  const key = table === 'control' ? leadingKey.replace(/#.*/s, '#…') : ''
  violations.add(`${id} has no right: ${action} ${table} ${index}${key}`)
}

/** Records the calls of an operation of this function. */
export const recordCalls = (id: FunctionId, operation: string, input: object): void => {
  for (const call of callsOf(operation, input as Input)) record(id, call)
}

/** `call` of a wire, whose calls are recorded. */
export const withRecordedCalls =
  (call: Wire['call']): Wire['call'] =>
  (operation, input, options) => {
    const id = caller.getStore() ?? functionByPath.get(currentRequest()?.route ?? '')
    if (id) recordCalls(id, operation, input)
    return call(operation, input, options)
  }

const ALL: readonly TableRight[] = [...new Set(Object.values(TABLE_RIGHTS).flat())].filter(
  right => !OF_EARLIER_RELEASE.includes(right),
)

/** The parts of rights that this process has used. A right that several functions share is one. */
const usedParts = (): string[] =>
  [...used].flatMap(([right, parts]) => [...parts].map(part => `${ALL.indexOf(right)} ${part}`))

/** Parts of rights that are not among the used ones, for people. */
export const unusedParts = (usedParts: ReadonlySet<string>): string[] =>
  ALL.flatMap((right, i) =>
    partsOf(right)
      .filter(part => !usedParts.has(`${i} ${part}`))
      .map(
        part =>
          `${holdersOf(right)}: ${right.table} ${right.index ?? ''} ${partsOf(right)} has an unused ${part}`,
      ),
  )

const holdersOf = (right: TableRight): string =>
  Object.entries(TABLE_RIGHTS)
    .filter(([, rights]: readonly [string, readonly TableRight[]]) => rights.includes(right))
    .map(([id]) => id)
    .join(', ')

/** Ends a test file: keeps the rights that this process has used in `folder`, and gives back the calls without one. */
export const takeViolations = (folder: string): string[] => {
  writeFileSync(join(folder, String(process.pid)), usedParts().join('\n'))
  const found = [...violations]
  violations.clear()
  return found
}
