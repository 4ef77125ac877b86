/** Shopper worker: fills carts and checks out, searches for books, or runs a rush of concurrent buyers. */
import { serveJobs } from '../worker.ts'
import { createCloudshelfShopping } from './cloudshelf-shopping.ts'
import { createHttpClient } from './http.ts'
import { createMedusaShopping } from './medusa-shopping.ts'
import { RefusedError, type ShopFacts, type ShopName, type Shopping } from './peer.ts'
import { createStorecraftShopping } from './storecraft-shopping.ts'
import { createVendureShopping } from './vendure-shopping.ts'

type At = { readonly shop: ShopName; readonly port: number; readonly facts: ShopFacts }

export type ShopperJob = At &
  (
    | {
        readonly kind: 'fill' | 'buy'
        readonly titles: readonly string[]
        readonly lines: number
        readonly atOnce: number
        readonly seconds: number
      }
    | { readonly kind: 'find'; readonly texts: readonly string[]; readonly atOnce: number }
    | { readonly kind: 'crowd'; readonly title: string; readonly buyers: number; readonly atOnce: number }
  )

export type ShopperResult = {
  readonly seconds: number
  /** Milliseconds per operation. */
  readonly latencies: Float64Array
  readonly refused: number
  readonly broke: number
  /** Message of the first failure. */
  readonly told?: string
  /** For `find`: position of the first result of each text. */
  readonly places?: readonly (number | undefined)[]
}

const SHOPPING: Readonly<Record<ShopName, (facts: ShopFacts) => Shopping>> = {
  cloudshelf: createCloudshelfShopping,
  vendure: createVendureShopping,
  medusa: createMedusaShopping,
  storecraft: createStorecraftShopping,
}

/** Number of guests so far, so that each is used once. */
let guests = 0
let titlesTaken = 0

const opened = new Map<
  string,
  { readonly shopping: Shopping; readonly calls: ReturnType<typeof createHttpClient> }
>()

const getShopping = ({ shop, port, facts }: At) => {
  const name = `${shop}:${port}`
  const open = opened.get(name) ?? { shopping: SHOPPING[shop](facts), calls: createHttpClient(port) }
  opened.set(name, open)
  return { shopping: open.shopping, call: open.calls.call }
}

/** Runs `work` with the given concurrency until `more` returns false. */
const runConcurrently = async (
  atOnce: number,
  more: () => boolean,
  work: () => Promise<void>,
): Promise<void> => {
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (more()) await work()
    }),
  )
}

const createTally = () => {
  const start = performance.now()
  const latencies: number[] = []
  let refused = 0
  let broke = 0
  let told: string | undefined
  return {
    timed: async (work: () => Promise<void>): Promise<void> => {
      const from = performance.now()
      try {
        await work()
        latencies.push(performance.now() - from)
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error
        if (error.isServerError) broke++
        else refused++
        told ??= error.message
      }
    },
    result: (): ShopperResult => ({
      seconds: (performance.now() - start) / 1000,
      latencies: Float64Array.from(latencies),
      refused,
      broke,
      ...(told === undefined ? {} : { told }),
    }),
  }
}

/** The next titles of the list, so that carts differ. */
const nextTitles = (titles: readonly string[], lines: number): string[] =>
  Array.from({ length: lines }, () => titles[titlesTaken++ % titles.length] ?? '')

serveJobs<ShopperJob, ShopperResult>(async job => {
  const { shopping, call } = getShopping(job)
  if (job.kind === 'find') {
    const places: (number | undefined)[] = []
    const tally = createTally()
    let next = 0
    await runConcurrently(
      job.atOnce,
      () => next < job.texts.length,
      async () => {
        const i = next++
        await tally.timed(async () => {
          places[i] = await shopping.findFirst(call, job.texts[i] ?? '')
        })
      },
    )
    return { ...tally.result(), places }
  }
  if (job.kind === 'crowd') {
    // All buyers prepare their orders before the first one pays.
    const left = Array.from({ length: job.buyers }, () => guests++)
    const ready: (() => Promise<void>)[] = []
    const before = createTally()
    await runConcurrently(
      job.atOnce,
      () => left.length > 0,
      () =>
        before.timed(async () => {
          const guest = left.pop() ?? 0
          const basket = await shopping.prepareOrder(
            call,
            await shopping.fillCart(call, [job.title], guest),
            guest,
          )
          ready.push(() => shopping.pay(call, basket, guest))
        }),
    )
    const turnedAway = before.result()
    const tally = createTally()
    await Promise.all(ready.map(tally.timed))
    const result = tally.result()
    const told = turnedAway.told ?? result.told
    return {
      ...result,
      refused: result.refused + turnedAway.refused,
      broke: result.broke + turnedAway.broke,
      ...(told === undefined ? {} : { told }),
    }
  }
  const tally = createTally()
  const until = performance.now() + job.seconds * 1000
  await runConcurrently(
    job.atOnce,
    () => performance.now() < until,
    () =>
      tally.timed(async () => {
        const guest = guests++
        const basket = await shopping.fillCart(call, nextTitles(job.titles, job.lines), guest)
        if (job.kind === 'buy')
          await shopping.pay(call, await shopping.prepareOrder(call, basket, guest), guest)
      }),
  )
  return tally.result()
})
