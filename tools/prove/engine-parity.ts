/** Where the shop depends on how DynamoDB behaves: probes in its own words, each with what its documentation says (30). */

import { getTestEngine } from '../../test/kit.ts'
import { callEngine } from '../../test/table-contents.ts'
import type { Promised } from './guarantee.ts'
import { itemProbes } from './item-probes.ts'
import { readingProbes } from './read-probes.ts'
import { transactionProbes } from './transaction-probes.ts'

const probes = [...itemProbes, ...transactionProbes, ...readingProbes]

const parity: Promised = {
  number: 30,
  promise: 'The local engine is DynamoDB where we depend on it',
  pass: 'every probe as DynamoDB documents it, or a difference that is listed and handled',
  prove: async () => {
    await getTestEngine()
    const table = `parity-${crypto.randomUUID().slice(0, 8)}`
    await callEngine('CreateTable', {
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
