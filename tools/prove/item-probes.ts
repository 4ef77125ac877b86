/** Probes of keys, sizes, numbers and conditions. */
import {
  CONDITION_FAILED,
  condition,
  errorName,
  get,
  INVALID,
  item,
  key,
  kilobytesOfText,
  numberValue,
  type Probe,
  put,
  update,
} from './probe.ts'

const numbers = (compare: string, a: string, b: string): Probe => ({
  name: `${a} ${compare} ${b} as numbers`,
  expect: 'ok',
  probe: async table => {
    await put(table, item(`n${a}${b}`, { n: numberValue(a) }))
    return errorName(put(table, item(`n${a}${b}`), condition(`n ${compare} :b`, { ':b': numberValue(b) })))
  },
})

export const itemProbes: readonly Probe[] = [
  { name: 'an empty partition key', expect: INVALID, probe: table => errorName(put(table, item(''))) },
  { name: 'an empty sort key', expect: INVALID, probe: table => errorName(put(table, item('k', {}, ''))) },
  {
    name: 'a partition key of 2,048 bytes',
    expect: 'ok',
    probe: table => errorName(put(table, item('k'.repeat(2_048)))),
  },
  {
    name: 'a partition key of 2,049 bytes',
    expect: INVALID,
    probe: table => errorName(put(table, item('k'.repeat(2_049)))),
  },
  {
    name: 'a sort key of 1,024 bytes',
    expect: 'ok',
    probe: table => errorName(put(table, item('s', {}, 's'.repeat(1_024)))),
  },
  {
    name: 'a sort key of 1,025 bytes',
    expect: INVALID,
    probe: table => errorName(put(table, item('s', {}, 's'.repeat(1_025)))),
  },
  {
    name: 'an item of 399 KB',
    expect: 'ok',
    probe: table => errorName(put(table, item('big', { text: kilobytesOfText(399) }))),
  },
  {
    name: 'an item of 401 KB',
    expect: INVALID,
    probe: table => errorName(put(table, item('big', { text: kilobytesOfText(401) }))),
  },
  {
    name: 'a key attribute of another type',
    expect: INVALID,
    probe: table => errorName(put(table, { pk: numberValue(1), sk: { S: 'a' } })),
  },
  { name: 'a missing sort key', expect: INVALID, probe: table => errorName(put(table, { pk: { S: 'k' } })) },
  {
    name: 'an empty text outside of the key',
    expect: 'ok',
    probe: table => errorName(put(table, item('empty', { text: { S: '' } }))),
  },
  {
    name: 'attribute_not_exists on a new item, then on the same',
    expect: `ok ${CONDITION_FAILED}`,
    probe: async table => {
      const once = () => errorName(put(table, item('new'), condition('attribute_not_exists(pk)')))
      return `${await once()} ${await once()}`
    },
  },
  {
    name: 'a refused put gives the old item, where it is asked for',
    expect: true,
    probe: async table => {
      await put(table, item('old', { n: numberValue(7) }))
      const more = {
        ...condition('attribute_not_exists(pk)'),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }
      const said = await put(table, item('old'), more).then(String, String)
      return said.includes('"N":"7"')
    },
  },
  {
    name: '50 conditional puts of one key at once',
    expect: 1,
    probe: async table => {
      const all = Array.from({ length: 50 }, () =>
        errorName(put(table, item('race'), condition('attribute_not_exists(pk)'))),
      )
      return (await Promise.all(all)).filter(one => one === 'ok').length
    },
  },
  {
    name: '50 atomic additions at once',
    expect: '50',
    probe: async table => {
      const add = () =>
        update(table, key('adds'), 'ADD n :one', { ExpressionAttributeValues: { ':one': numberValue(1) } })
      await Promise.all(Array.from({ length: 50 }, add))
      return (await get(table, key('adds'))).n.N
    },
  },
  numbers('=', '42.990', '42.99'),
  numbers('>=', '0.3', '0.30'),
  numbers('<', '9', '10'),
  numbers('=', '0.1', '1e-1'),
  {
    name: 'a number of 38 digits',
    expect: 'ok',
    probe: table => errorName(put(table, item('d38', { n: numberValue('9'.repeat(38)) }))),
  },
  {
    name: 'a number of 39 digits',
    expect: INVALID,
    probe: table => errorName(put(table, item('d39', { n: numberValue('9'.repeat(39)) }))),
  },
  {
    name: 'arithmetic on an attribute that is not there',
    expect: INVALID,
    probe: table =>
      errorName(
        update(table, key('absent'), 'SET n = n - :one', {
          ExpressionAttributeValues: { ':one': numberValue(1) },
        }),
      ),
  },
  {
    name: 'a condition on an attribute that is not there',
    expect: CONDITION_FAILED,
    probe: table =>
      errorName(
        update(table, key('absent'), 'SET m = :one', {
          ...condition('n >= :one', { ':one': numberValue(1) }),
        }),
      ),
  },
  {
    name: 'attribute_type tells a text from a number',
    expect: 'ok',
    probe: async table => {
      await put(table, item('typed', { v: { S: 'x' } }))
      return errorName(put(table, item('typed'), condition('attribute_type(v, :s)', { ':s': { S: 'S' } })))
    },
  },
  {
    name: 'an update keeps attributes that it does not name',
    expect: 'kept',
    probe: async table => {
      await put(table, item('other', { foreign: { S: 'kept' } }))
      await update(table, key('other'), 'SET n = :one', {
        ExpressionAttributeValues: { ':one': numberValue(1) },
      })
      return (await get(table, key('other'))).foreign.S
    },
  },
]
