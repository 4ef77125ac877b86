/** Benchmark `npm run bench:timing`: whether response times reveal accounts (timing attack); medians must not differ. */
import { parseArgs } from 'node:util'
import { runBench } from './run-bench.ts'
import { PROXY_SECRET, type ShopProcess, startShop } from './shop-process.ts'

const { values: options } = parseArgs({
  options: {
    /** Number of addresses of each kind. */
    each: { type: 'string', default: '300' },
    json: { type: 'boolean', default: false },
  },
})
const EACH = Number(options.each)
const PASSWORD = 'four quiet blue words'
const MAX_DEVIATION = 0.1

let networks = 0
/** Response time in milliseconds; each request comes from its own network, so that no rate limit applies. */
const timeRequest = async ({ port }: ShopProcess, path: string, body: object): Promise<number> => {
  const n = ++networks
  const start = performance.now()
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-trusted-proxy': PROXY_SECRET,
      'x-forwarded-for': `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`,
    },
    body: JSON.stringify(body),
  })
  await answer.arrayBuffer()
  if (answer.status === 429 || answer.status >= 500) throw new Error(`${path} answers ${answer.status}`)
  return performance.now() - start
}

const median = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN

const REQUESTS: readonly (readonly [string, string, (email: string) => object])[] = [
  ['sign-up', '/api/auth/sign-up', email => ({ email, password: PASSWORD })],
  ['sign-in', '/api/auth/sign-in', email => ({ email, password: 'not the password of it' })],
  ['reset', '/api/auth/password/forgot', email => ({ email })],
]

await runBench(async folder => {
  const shop = await startShop(folder, '/api/health')
  for (let i = 0; i < EACH; i++)
    await timeRequest(shop, '/api/auth/sign-up', { email: `known-${i}@example.com`, password: PASSWORD })
  const figures = []
  for (const [name, path, body] of REQUESTS) {
    const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] }
    await timeRequest(shop, path, body(`first-${name}@example.com`))
    // Alternating, so that other load affects both alike. Addresses that sign-up has made known are not reused.
    for (let i = 0; i < EACH; i++) {
      for (const kind of i % 2 === 0 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)) {
        const email = kind === 'known' ? `known-${i}@example.com` : `${name}-${i}@example.com`
        times[kind].push(await timeRequest(shop, path, body(email)))
      }
    }
    const [known, unknown] = [median(times.known), median(times.unknown)]
    figures.push({ name, known_ms: known, unknown_ms: unknown, ratio: known / unknown })
  }
  if (options.json) console.log(JSON.stringify({ each: EACH, figures }))
  else
    for (const { name, known_ms, unknown_ms, ratio } of figures)
      console.log(
        `${name.padEnd(8)} known ${known_ms.toFixed(2)} ms · unknown ${unknown_ms.toFixed(2)} ms · ratio ${ratio.toFixed(3)} ${Math.abs(ratio - 1) <= MAX_DEVIATION ? 'ok' : 'MISS'}`,
      )
  if (figures.some(({ ratio }) => Math.abs(ratio - 1) > MAX_DEVIATION)) process.exitCode = 1
})
