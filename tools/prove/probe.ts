/** Building blocks of engine probes: DynamoDB calls and their result as one word. */

import type { Json } from '../../test/kit.ts'
import { callEngine } from '../../test/table-contents.ts'

export type Probe = {
  readonly name: string
  /** Returns the observed behavior as one word or number. */
  readonly probe: (table: string) => Promise<unknown>
  /** Behavior that DynamoDB documents. */
  readonly expect: unknown
  /** Known difference of the engine, and why it is harmless. */
  readonly differs?: { readonly found: unknown; readonly harmless: string }
}

export const key = (pk: string, sk = 'a') => ({ pk: { S: pk }, sk: { S: sk } })
export const item = (pk: string, more: object = {}, sk = 'a') => ({ ...key(pk, sk), ...more })
export const put = (TableName: string, Item: object, more: object = {}) =>
  callEngine('PutItem', { TableName, Item, ...more })
export const get = async (TableName: string, Key: object): Promise<Json> =>
  (await callEngine('GetItem', { TableName, Key, ConsistentRead: true })).Item
export const update = (TableName: string, Key: object, UpdateExpression: string, more: object = {}) =>
  callEngine('UpdateItem', { TableName, Key, UpdateExpression, ...more })
export const transact = (TransactItems: object[], more: object = {}) =>
  callEngine('TransactWriteItems', { TransactItems, ...more })
export const numberValue = (value: number | string) => ({ N: String(value) })

/** Name of the exception, or `ok`. */
export const errorName = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call
    return 'ok'
  } catch (error) {
    return /#(\w+)/.exec(String(error))?.[1] ?? String(error).slice(0, 80)
  }
}
/** Cancellation codes of a failed transaction. */
export const cancellationCodes = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call
    return 'ok'
  } catch (error) {
    const body = JSON.parse(String(error).slice(String(error).indexOf('{')))
    return (body.CancellationReasons ?? []).map(({ Code }: Json) => Code).join()
  }
}

export const condition = (ConditionExpression: string, values?: object) => ({
  ConditionExpression,
  ...(values ? { ExpressionAttributeValues: values } : {}),
})
export const putIn = (TableName: string, Item: object, more: object = {}) => ({
  Put: { TableName, Item, ...more },
})
export const INVALID = 'ValidationException'
export const CONDITION_FAILED = 'ConditionalCheckFailedException'
export const kilobytesOfText = (kilobytes: number) => ({ S: 'x'.repeat(kilobytes * 1024) })
