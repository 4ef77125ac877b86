/** Guarantee 30: the engine behaves as DynamoDB documents, wherever the shop depends on it. */

import { getTestEngine } from '../../test/kit.ts'
import { callEngine } from '../../test/table-contents.ts'
import type { Guarantee } from './guarantee.ts'
import { itemProbes } from './item-probes.ts'
import { readingProbes } from './read-probes.ts'
import { transactionProbes } from './transaction-probes.ts'

const PROBES = [...itemProbes, ...transactionProbes, ...readingProbes]

const parity: Guarantee = {
  number: 30,
  title: 'The local engine behaves like DynamoDB',
  criterion: 'every probe matches DynamoDB’s documentation, or the difference is listed and handled',
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
    for (const { name, probe, expect, differs } of PROBES) {
      const found = await probe(table).catch(String)
      if (found === expect) continue
      if (differs && found === differs.found) listed.push(`${name}: ${differs.harmless}`)
      else wrong.push(`${name}: ${JSON.stringify(found)} instead of ${JSON.stringify(expect)}`)
    }
    return {
      method: `${PROBES.length} probes of keys, sizes, numbers, conditions, transactions, tokens, pages and batches`,
      result: `${PROBES.length - wrong.length - listed.length} as documented, ${listed.length} listed differences (${listed.join('; ')}), ${wrong.length} other differences: ${wrong.join('; ') || 'none'}`,
      holds: wrong.length === 0,
    }
  },
}

export const parityGuarantees = [parity]
