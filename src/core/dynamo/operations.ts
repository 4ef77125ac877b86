/** Operations of the DynamoDB API that write items. */

/** Those that name the keys of what they write. */
export const ITEM_WRITES: ReadonlySet<string> = new Set([
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'TransactWriteItems',
  'BatchWriteItem',
])

/** Those of PartiQL, which may also only read. */
export const STATEMENTS: ReadonlySet<string> = new Set([
  'ExecuteStatement',
  'BatchExecuteStatement',
  'ExecuteTransaction',
])

/** Whether the operation writes items, or may. */
export const writesItems = (operation: string): boolean =>
  ITEM_WRITES.has(operation) || STATEMENTS.has(operation)
