/** Probes of transactions: limits, atomicity, cancellation reasons and idempotency tokens. */
import {
  cancellationCodes,
  condition,
  errorName,
  get,
  INVALID,
  item,
  key,
  numberValue,
  type Probe,
  put,
  putIn,
  transact,
} from './probe.ts'

export const transactionProbes: readonly Probe[] = [
  {
    name: 'a transaction of 100 writes',
    expect: 'ok',
    probe: table => errorName(transact(Array.from({ length: 100 }, (_, i) => putIn(table, item(`h${i}`))))),
  },
  {
    name: 'a transaction of 101 writes',
    expect: INVALID,
    probe: table => errorName(transact(Array.from({ length: 101 }, (_, i) => putIn(table, item(`h${i}`))))),
  },
  {
    name: 'two writes of one item in a transaction',
    expect: INVALID,
    probe: table => errorName(transact([putIn(table, item('twice')), putIn(table, item('twice'))])),
  },
  {
    name: 'a transaction with one failed condition writes nothing',
    expect: true,
    probe: async table => {
      await errorName(
        transact([
          putIn(table, item('none')),
          putIn(table, item('none2'), condition('attribute_exists(pk)')),
        ]),
      )
      return (await get(table, key('none'))) === undefined
    },
  },
  {
    name: 'reasons come in the order of the writes',
    expect: 'None,ConditionalCheckFailed',
    probe: table =>
      cancellationCodes(
        transact([putIn(table, item('r1')), putIn(table, item('r2'), condition('attribute_exists(pk)'))]),
      ),
  },
  {
    name: 'the reason has the old item, where it is asked for',
    expect: true,
    probe: async table => {
      await put(table, item('was', { n: numberValue(5) }))
      const more = {
        ...condition('attribute_not_exists(pk)'),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }
      return (await transact([putIn(table, item('was'), more)]).then(String, String)).includes('"N":"5"')
    },
  },
  {
    name: 'the same token again does nothing more',
    expect: '1',
    probe: async table => {
      const add = {
        Update: {
          TableName: table,
          Key: key('token'),
          UpdateExpression: 'ADD n :one',
          ExpressionAttributeValues: { ':one': numberValue(1) },
        },
      }
      const ClientRequestToken = crypto.randomUUID()
      for (let i = 0; i < 3; i++) await transact([add], { ClientRequestToken })
      return (await get(table, key('token'))).n.N
    },
  },
  {
    name: 'the same token with another body',
    expect: 'IdempotentParameterMismatchException',
    probe: async table => {
      const ClientRequestToken = crypto.randomUUID()
      await transact([putIn(table, item('m1'))], { ClientRequestToken })
      return errorName(transact([putIn(table, item('m2'))], { ClientRequestToken }))
    },
  },
  {
    name: '30 transactions at once on one item, on condition of its version',
    expect: 1,
    probe: async table => {
      await put(table, item('v', { version: numberValue(1) }))
      const move = () =>
        errorName(
          transact([
            {
              Update: {
                TableName: table,
                Key: key('v'),
                UpdateExpression: 'SET version = :next',
                ConditionExpression: 'version = :seen',
                ExpressionAttributeValues: { ':seen': numberValue(1), ':next': numberValue(2) },
              },
            },
          ]),
        )
      return (await Promise.all(Array.from({ length: 30 }, move))).filter(one => one === 'ok').length
    },
  },
]
