/** Keys, sizes, numbers and conditions, as DynamoDB documents them. */
import {
  big,
  condition,
  failed,
  get,
  invalid,
  item,
  key,
  N,
  outcome,
  type Probe,
  put,
  update,
} from './probe.ts'

const numbers = (compare: string, a: string, b: string): Probe => ({
  what: `${a} ${compare} ${b} as numbers`,
  expect: 'ok',
  probe: async table => {
    await put(table, item(`n${a}${b}`, { n: N(a) }))
    return outcome(put(table, item(`n${a}${b}`), condition(`n ${compare} :b`, { ':b': N(b) })))
  },
})

export const itemProbes: readonly Probe[] = [
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
]
