/** Requests made up at random, made as small as still fail where one does. */
import fc from 'fast-check'
import { ENDPOINTS } from '#src/composition/endpoints.ts'
import { corpus, encoded, textOf } from './corpus.ts'
import { faultsOf, inWords, type Ledger } from './oracle.ts'
import { addressOf, type CallerName, hasJson, neededHeaders, type Sent, type Target } from './target.ts'

/** After these there is nobody, or nothing, to try the others with. */
const LAST = new Set(['signOut', 'deleteBook', 'deleteMe', 'endOtherSessions'])

const texts = ['strings', 'keys', 'emails', 'numbers', 'expressions']
  .flatMap(group => corpus(group))
  .map(textOf)
const short = texts.filter(text => text.length < 2_000)
const names = [
  'q',
  'limit',
  'sort',
  'cursor',
  'category',
  'author',
  'min_price',
  'max_price',
  'in_stock',
  'date',
  'part',
  '__proto__',
]

const text = fc.oneof(
  fc.constantFrom(...short),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
)
const json = fc.oneof(fc.jsonValue({ maxDepth: 4 }), text, fc.double(), fc.integer())

/** A body of the endpoint with some of its fields exchanged, or anything. */
const bodyFor = (whole: Record<string, unknown>): fc.Arbitrary<string | Uint8Array> =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .tuple(fc.subarray(Object.keys(whole)), fc.array(json, { maxLength: 8 }))
        .map(([keys, values]) =>
          JSON.stringify({ ...whole, ...Object.fromEntries(keys.map((key, i) => [key, values[i] ?? null])) }),
        ),
    },
    {
      weight: 1,
      arbitrary: fc
        .dictionary(fc.string(), json, { maxKeys: 5 })
        .map(more => JSON.stringify({ ...whole, ...more })),
    },
    { weight: 1, arbitrary: json.map(value => JSON.stringify(value) ?? 'null') },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
  )

const requests = (target: Target): fc.Arbitrary<Sent> => {
  const callers = Object.keys(target.callers) as CallerName[]
  return fc.constantFrom(...ENDPOINTS.filter(({ id }) => !LAST.has(id))).chain(endpoint =>
    fc
      .record({
        as: fc.constantFrom(...callers),
        id: fc.option(text, { freq: 2 }),
        query: fc.option(fc.dictionary(fc.constantFrom(...names), text, { maxKeys: 3 }), { freq: 2 }),
        body: hasJson(endpoint) ? bodyFor(target.bodies[endpoint.id]) : fc.constant(undefined),
        image: endpoint.body === 'image' ? fc.uint8Array({ maxLength: 200 }) : fc.constant(undefined),
      })
      .map(({ as, id, query, body, image }): Sent => {
        const whole = addressOf(target, endpoint)
        const path = id === null ? whole : endpoint.path.replaceAll(/\{\w+\}/g, encoded(id))
        const asked = Object.entries(query ?? {}).map(([name, value]) => `${name}=${encoded(value)}`)
        const bytes = body ?? image
        return {
          endpoint,
          as,
          path: asked.length > 0 ? `${path}?${asked.join('&')}` : path,
          ...(bytes === undefined ? {} : { body: bytes }),
          headers: neededHeaders(endpoint),
          why: 'at random',
          elsewhere: true,
        }
      }),
  )
}

/** `count` requests; a fault is made as small as can be, and told of with the seed. */
export const atRandom = async (
  target: Target,
  { ask, note, faults }: Ledger,
  count: number,
  seed: number,
): Promise<void> => {
  const found = await fc.check(
    fc.asyncProperty(requests(target), async sent => {
      const known = faults.length
      const seen = await ask(sent)
      const wrong = faults.length > known || faultsOf(sent, seen, true).length > 0
      // What shrinking finds is told of once, at the end.
      faults.length = known
      return !wrong
    }),
    { numRuns: count, seed },
  )
  const [sent] = found.counterexample ?? []
  if (sent)
    note(
      sent,
      undefined,
      `fails (seed ${found.seed}, ${found.numShrinks} times smaller): ${inWords(sent, await target.send(sent))}`,
    )
}
