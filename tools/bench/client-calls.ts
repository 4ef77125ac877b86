/** Cost of database calls for the caller: the shop's client compared with the AWS SDK, interleaved. */
import type { Book } from '#src/catalog/schema.ts'
import type { GetItemClient, GetItemJob, GetItemResult } from './get-item.ts'
import type { Effort } from './interleaved.ts'
import { seededRandom, shuffle } from './random.ts'
import type { Figure } from './report.ts'
import { startWorker } from './worker.ts'

const CONCURRENCY = 16
const CLIENTS: Readonly<Record<GetItemClient, string>> = {
  unsigned: 'our client, unsigned to the embedded engine',
  signed: 'our client, signed',
  sdk: 'AWS SDK',
}

type Sum = { calls: number; seconds: number; cpu: number }

const cpuPerCall = ({ cpu, calls }: Sum): number => (1000 * cpu) / calls

/** GetItem of random books, 16 concurrently: calls per second, CPU per call, and our CPU relative to the SDK's. */
export const measureCalls = async (
  endpoint: string,
  books: readonly Book[],
  { rounds, sliceSeconds, warmSeconds }: Effort,
): Promise<Figure[]> => {
  const keys = shuffle(seededRandom(3), books).map(({ category, book_id }) => ({ category, book_id }))
  const job = { endpoint, books: keys, atOnce: CONCURRENCY }
  const measured = (Object.keys(CLIENTS) as GetItemClient[]).map(client => ({
    client,
    worker: startWorker<GetItemJob, GetItemResult>('get-item.ts'),
    sum: { calls: 0, seconds: 0, cpu: 0 } satisfies Sum as Sum,
  }))
  for (const { client, worker } of measured) await worker.run({ ...job, client, seconds: warmSeconds })
  for (let round = 0; round < rounds; round++)
    for (const { client, worker, sum } of measured) {
      const slice = await worker.run({ ...job, client, seconds: sliceSeconds })
      sum.calls += slice.calls
      sum.seconds += slice.seconds
      sum.cpu += slice.cpu
    }
  const figures: Figure[] = measured.flatMap(({ client, worker: _worker, sum }) => [
    { name: `GetItem by ${CLIENTS[client]}`, value: sum.calls / sum.seconds, unit: 'per s' },
    { name: '  CPU per call', value: cpuPerCall(sum), unit: 'ms' },
  ])
  const of = (client: GetItemClient): number =>
    cpuPerCall(measured.find(one => one.client === client)?.sum ?? { calls: 0, seconds: 0, cpu: 0 })
  return [
    ...figures,
    {
      name: 'CPU per call, our client (signed) relative to the SDK',
      value: (100 * of('signed')) / of('sdk'),
      unit: '%',
      below: 50,
    },
  ]
}
