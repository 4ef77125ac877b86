/** Queries, pages, batches and what is not there. */

import type { Json } from '../../test/kit.ts'
import { callEngine } from '../../test/table-contents.ts'
import { get, invalid, item, key, N, outcome, type Probe, put } from './probe.ts'

export const readingProbes: readonly Probe[] = [
  {
    what: 'an item that has expired is still read, until it is swept',
    expect: true,
    probe: async table => {
      await put(table, item('ttl', { expires_at: N(1) }))
      return (await get(table, key('ttl'))) !== undefined
    },
  },
  {
    what: 'a query gives sort keys in the order of their bytes',
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
    what: 'a page ends where its limit says, and the next begins behind it',
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
    what: 'a cursor of another partition',
    expect: invalid,
    differs: {
      found: 'ok',
      harmless: 'cursors are sealed with the route and the caller, so none is ever passed through',
    },
    probe: table =>
      outcome(
        callEngine('Query', {
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: 'page' } },
          ExclusiveStartKey: key('order', 'a'),
        }),
      ),
  },
  {
    what: 'a batch of 100 reads',
    expect: 'ok',
    probe: table =>
      outcome(
        callEngine('BatchGetItem', {
          RequestItems: { [table]: { Keys: Array.from({ length: 100 }, (_, i) => key(`b${i}`)) } },
        }),
      ),
  },
  {
    what: 'a batch of 101 reads',
    expect: invalid,
    probe: table =>
      outcome(
        callEngine('BatchGetItem', {
          RequestItems: { [table]: { Keys: Array.from({ length: 101 }, (_, i) => key(`b${i}`)) } },
        }),
      ),
  },
  {
    what: 'a table that is not there',
    expect: 'ResourceNotFoundException',
    probe: () => outcome(callEngine('GetItem', { TableName: 'not-there', Key: key('a') })),
  },
]
