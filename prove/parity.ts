/** Where the shop depends on how DynamoDB behaves: probes in its own words, each with what its documentation says (30). */
import { engineCall } from '../test/contents.ts'
import { type Json, testEngine } from '../test/kit.ts'
import type { Promised } from './run.ts'

type Probe = {
  readonly what: string
  /** What comes back, as one word or number. */
  readonly probe: (table: string) => Promise<unknown>
  /** What DynamoDB gives. */
  readonly expect: unknown
  /** Where the engine is known to differ, and why it does no harm. */
  readonly differs?: { readonly found: unknown; readonly harmless: string }
}

const key = (pk: string, sk = 'a') => ({ pk: { S: pk }, sk: { S: sk } })
const item = (pk: string, more: object = {}, sk = 'a') => ({ ...key(pk, sk), ...more })
const put = (TableName: string, Item: object, more: object = {}) =>
  engineCall('PutItem', { TableName, Item, ...more })
const get = async (TableName: string, Key: object): Promise<Json> =>
  (await engineCall('GetItem', { TableName, Key, ConsistentRead: true })).Item
const update = (TableName: string, Key: object, UpdateExpression: string, more: object = {}) =>
  engineCall('UpdateItem', { TableName, Key, UpdateExpression, ...more })
const transact = (TransactItems: object[], more: object = {}) =>
  engineCall('TransactWriteItems', { TransactItems, ...more })
const N = (value: number | string) => ({ N: String(value) })

/** The exception's name, or `ok`. */
const outcome = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call
    return 'ok'
  } catch (error) {
    return /#(\w+)/.exec(String(error))?.[1] ?? String(error).slice(0, 80)
  }
}
/** The codes of a transaction's reasons. */
const reasons = async (call: Promise<unknown>): Promise<string> => {
  try {
    await call
    return 'ok'
  } catch (error) {
    const body = JSON.parse(String(error).slice(String(error).indexOf('{')))
    return (body.CancellationReasons ?? []).map(({ Code }: Json) => Code).join()
  }
}

const condition = (ConditionExpression: string, values?: object) => ({
  ConditionExpression,
  ...(values ? { ExpressionAttributeValues: values } : {}),
})
const putIn = (TableName: string, Item: object, more: object = {}) => ({ Put: { TableName, Item, ...more } })
const invalid = 'ValidationException'
const failed = 'ConditionalCheckFailedException'
const big = (kilobytes: number) => ({ S: 'x'.repeat(kilobytes * 1024) })

const numbers = (compare: string, a: string, b: string): Probe => ({
  what: `${a} ${compare} ${b} as numbers`,
  expect: 'ok',
  probe: async table => {
    await put(table, item(`n${a}${b}`, { n: N(a) }))
    return outcome(put(table, item(`n${a}${b}`), condition(`n ${compare} :b`, { ':b': N(b) })))
  },
})

export const probes: readonly Probe[] = [
  { what: 'an empty partition key', expect: invalid, probe: table => outcome(put(table, item(''))) },
  { what: 'an empty sort key', expect: invalid, probe: table => outcome(put(table, item('k', {}, ''))) },
  {
    what: 'a partition key of 2,048 bytes',
    expect: 'ok',
    probe: table => outcome(put(table, item('k'.repeat(2_048)))),
  },
  {
    what: 'a partition key of 2,049 bytes',
    expect: invalid,
    probe: table => outcome(put(table, item('k'.repeat(2_049)))),
  },
  {
    what: 'a sort key of 1,024 bytes',
    expect: 'ok',
    probe: table => outcome(put(table, item('s', {}, 's'.repeat(1_024)))),
  },
  {
    what: 'a sort key of 1,025 bytes',
    expect: invalid,
    probe: table => outcome(put(table, item('s', {}, 's'.repeat(1_025)))),
  },
  {
    what: 'an item of 399 KB',
    expect: 'ok',
    probe: table => outcome(put(table, item('big', { text: big(399) }))),
  },
  {
    what: 'an item of 401 KB',
    expect: invalid,
    probe: table => outcome(put(table, item('big', { text: big(401) }))),
  },
  {
    what: 'a key attribute of another type',
    expect: invalid,
    probe: table => outcome(put(table, { pk: N(1), sk: { S: 'a' } })),
  },
  { what: 'a missing sort key', expect: invalid, probe: table => outcome(put(table, { pk: { S: 'k' } })) },
  {
    what: 'an empty text that is no key',
    expect: 'ok',
    probe: table => outcome(put(table, item('empty', { text: { S: '' } }))),
  },
  {
    what: 'attribute_not_exists on a new item, then on the same',
    expect: `ok ${failed}`,
    probe: async table => {
      const once = () => outcome(put(table, item('new'), condition('attribute_not_exists(pk)')))
      return `${await once()} ${await once()}`
    },
  },
  {
    what: 'a refused put gives the old item, where it is asked for',
    expect: true,
    probe: async table => {
      await put(table, item('old', { n: N(7) }))
      const more = {
        ...condition('attribute_not_exists(pk)'),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }
      const said = await put(table, item('old'), more).then(String, String)
      return said.includes('"N":"7"')
    },
  },
  {
    what: '50 conditional puts of one key at once',
    expect: 1,
    probe: async table => {
      const all = Array.from({ length: 50 }, () =>
        outcome(put(table, item('race'), condition('attribute_not_exists(pk)'))),
      )
      return (await Promise.all(all)).filter(one => one === 'ok').length
    },
  },
  {
    what: '50 atomic additions at once',
    expect: '50',
    probe: async table => {
      const add = () =>
        update(table, key('adds'), 'ADD n :one', { ExpressionAttributeValues: { ':one': N(1) } })
      await Promise.all(Array.from({ length: 50 }, add))
      return (await get(table, key('adds'))).n.N
    },
  },
  numbers('=', '42.990', '42.99'),
  numbers('>=', '0.3', '0.30'),
  numbers('<', '9', '10'),
  numbers('=', '0.1', '1e-1'),
  {
    what: 'a number of 38 digits',
    expect: 'ok',
    probe: table => outcome(put(table, item('d38', { n: N('9'.repeat(38)) }))),
  },
  {
    what: 'a number of 39 digits',
    expect: invalid,
    probe: table => outcome(put(table, item('d39', { n: N('9'.repeat(39)) }))),
  },
  {
    what: 'arithmetic on an attribute that is not there',
    expect: invalid,
    probe: table =>
      outcome(
        update(table, key('absent'), 'SET n = n - :one', { ExpressionAttributeValues: { ':one': N(1) } }),
      ),
  },
  {
    what: 'a condition on an attribute that is not there',
    expect: failed,
    probe: table =>
      outcome(update(table, key('absent'), 'SET m = :one', { ...condition('n >= :one', { ':one': N(1) }) })),
  },
  {
    what: 'attribute_type tells a text from a number',
    expect: 'ok',
    probe: async table => {
      await put(table, item('typed', { v: { S: 'x' } }))
      return outcome(put(table, item('typed'), condition('attribute_type(v, :s)', { ':s': { S: 'S' } })))
    },
  },
  {
    what: 'an update keeps attributes that it does not name',
    expect: 'kept',
    probe: async table => {
      await put(table, item('other', { foreign: { S: 'kept' } }))
      await update(table, key('other'), 'SET n = :one', { ExpressionAttributeValues: { ':one': N(1) } })
      return (await get(table, key('other'))).foreign.S
    },
  },
  {
    what: 'a transaction of 100 writes',
    expect: 'ok',
    probe: table => outcome(transact(Array.from({ length: 100 }, (_, i) => putIn(table, item(`h${i}`))))),
  },
  {
    what: 'a transaction of 101 writes',
    expect: invalid,
    probe: table => outcome(transact(Array.from({ length: 101 }, (_, i) => putIn(table, item(`h${i}`))))),
  },
  {
    what: 'two writes of one item in a transaction',
    expect: invalid,
    probe: table => outcome(transact([putIn(table, item('twice')), putIn(table, item('twice'))])),
  },
  {
    what: 'a transaction with one failed condition writes nothing',
    expect: true,
    probe: async table => {
      await outcome(
        transact([
          putIn(table, item('none')),
          putIn(table, item('none2'), condition('attribute_exists(pk)')),
        ]),
      )
      return (await get(table, key('none'))) === undefined
    },
  },
  {
    what: 'reasons come in the order of the writes',
    expect: 'None,ConditionalCheckFailed',
    probe: table =>
      reasons(
        transact([putIn(table, item('r1')), putIn(table, item('r2'), condition('attribute_exists(pk)'))]),
      ),
  },
  {
    what: 'the reason has the old item, where it is asked for',
    expect: true,
    probe: async table => {
      await put(table, item('was', { n: N(5) }))
      const more = {
        ...condition('attribute_not_exists(pk)'),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }
      return (await transact([putIn(table, item('was'), more)]).then(String, String)).includes('"N":"5"')
    },
  },
  {
    what: 'the same token again does nothing more',
    expect: '1',
    probe: async table => {
      const add = {
        Update: {
          TableName: table,
          Key: key('token'),
          UpdateExpression: 'ADD n :one',
          ExpressionAttributeValues: { ':one': N(1) },
        },
      }
      const ClientRequestToken = crypto.randomUUID()
      for (let i = 0; i < 3; i++) await transact([add], { ClientRequestToken })
      return (await get(table, key('token'))).n.N
    },
  },
  {
    what: 'the same token with another body',
    expect: 'IdempotentParameterMismatchException',
    probe: async table => {
      const ClientRequestToken = crypto.randomUUID()
      await transact([putIn(table, item('m1'))], { ClientRequestToken })
      return outcome(transact([putIn(table, item('m2'))], { ClientRequestToken }))
    },
  },
  {
    what: '30 transactions at once on one item, on condition of its version',
    expect: 1,
    probe: async table => {
      await put(table, item('v', { version: N(1) }))
      const move = () =>
        outcome(
          transact([
            {
              Update: {
                TableName: table,
                Key: key('v'),
                UpdateExpression: 'SET version = :next',
                ConditionExpression: 'version = :seen',
                ExpressionAttributeValues: { ':seen': N(1), ':next': N(2) },
              },
            },
          ]),
        )
      return (await Promise.all(Array.from({ length: 30 }, move))).filter(one => one === 'ok').length
    },
  },
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
      const { Items } = await engineCall('Query', {
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
        engineCall('Query', {
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
        engineCall('Query', {
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
        engineCall('BatchGetItem', {
          RequestItems: { [table]: { Keys: Array.from({ length: 100 }, (_, i) => key(`b${i}`)) } },
        }),
      ),
  },
  {
    what: 'a batch of 101 reads',
    expect: invalid,
    probe: table =>
      outcome(
        engineCall('BatchGetItem', {
          RequestItems: { [table]: { Keys: Array.from({ length: 101 }, (_, i) => key(`b${i}`)) } },
        }),
      ),
  },
  {
    what: 'a table that is not there',
    expect: 'ResourceNotFoundException',
    probe: () => outcome(engineCall('GetItem', { TableName: 'not-there', Key: key('a') })),
  },
]

const parity: Promised = {
  number: 30,
  promise: 'The local engine is DynamoDB where we depend on it',
  pass: 'every probe as DynamoDB documents it, or a difference that is listed and handled',
  prove: async () => {
    await testEngine()
    const table = `parity-${crypto.randomUUID().slice(0, 8)}`
    await engineCall('CreateTable', {
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: ['pk', 'sk'].map(AttributeName => ({ AttributeName, AttributeType: 'S' })),
    })
    const wrong: string[] = []
    const listed: string[] = []
    for (const { what, probe, expect, differs } of probes) {
      const found = await probe(table).catch(String)
      if (found === expect) continue
      if (differs && found === differs.found) listed.push(`${what}: ${differs.harmless}`)
      else wrong.push(`${what}: ${JSON.stringify(found)} instead of ${JSON.stringify(expect)}`)
    }
    return {
      tried: `${probes.length} probes of keys, sizes, numbers, conditions, transactions, tokens, pages and batches`,
      found: `${probes.length - wrong.length - listed.length} as documented, ${listed.length} listed (${listed.join('; ')}), ${wrong.length} not: ${wrong.join('; ') || 'none'}`,
      holds: wrong.length === 0,
    }
  },
}

export const parityPromises = [parity]
