/** Transactions: how many, all or nothing, whose reasons, which token. */
import {
  condition,
  get,
  invalid,
  item,
  key,
  N,
  outcome,
  type Probe,
  put,
  putIn,
  reasons,
  transact,
} from './probe.ts'

export const transactionProbes: readonly Probe[] = [
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
]
