/** Probes of queries, pagination, batches and missing tables. */

import type { Json } from '../../test/kit.ts'
import { callEngine } from '../../test/table-contents.ts'
import { errorName, get, INVALID, item, key, numberValue, type Probe, put } from './probe.ts'

export const readingProbes: readonly Probe[] = [
  {
    name: 'an item that has expired is still read, until it is swept',
    expect: true,
    probe: async table => {
      await put(table, item('ttl', { expires_at: numberValue(1) }))
      return (await get(table, key('ttl'))) !== undefined
    },
  },
  {
    name: 'a query gives sort keys in the order of their bytes',
    expect: 'A,a,é',
    probe: async table => {
      for (const sk of ['é', 'a', 'A']) await put(table, item('order', {}, sk))
      const { Items } = await callEngine('Query', {
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: 'order' } },
      })
      return Items.map(({ sk }: Json) => sk.S).join()
    },
  },
  {
    name: 'a page ends where its limit says, and the next begins behind it',
    expect: 'a|b,c',
    probe: async table => {
      for (const sk of ['a', 'b', 'c']) await put(table, item('page', {}, sk))
      const ask = (more: object) =>
        callEngine('Query', {
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: 'page' } },
          ...more,
        })
      const first = await ask({ Limit: 1 })
      const rest = await ask({ ExclusiveStartKey: first.LastEvaluatedKey })
      return [first, rest].map(({ Items }) => Items.map(({ sk }: Json) => sk.S).join()).join('|')
    },
  },
  {
    name: 'a cursor of another partition',
    expect: INVALID,
    differs: {
      found: 'ok',
      harmless: 'cursors are encrypted and bound to route and caller, so a foreign one is never passed on',
    },
    probe: table =>
      errorName(
        callEngine('Query', {
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: 'page' } },
          ExclusiveStartKey: key('order', 'a'),
        }),
      ),
  },
  {
    name: 'a batch of 100 reads',
    expect: 'ok',
    probe: table =>
      errorName(
        callEngine('BatchGetItem', {
          RequestItems: { [table]: { Keys: Array.from({ length: 100 }, (_, i) => key(`b${i}`)) } },
        }),
      ),
  },
  {
    name: 'a batch of 101 reads',
    expect: INVALID,
    probe: table =>
      errorName(
        callEngine('BatchGetItem', {
          RequestItems: { [table]: { Keys: Array.from({ length: 101 }, (_, i) => key(`b${i}`)) } },
        }),
      ),
  },
  {
    name: 'a table that is not there',
    expect: 'ResourceNotFoundException',
    probe: () => errorName(callEngine('GetItem', { TableName: 'not-there', Key: key('a') })),
  },
]
