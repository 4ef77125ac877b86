/** Random requests; a failing one is shrunk to a minimal one. */
import fc from 'fast-check'
import { ENDPOINTS } from '#src/composition/endpoints.ts'
import { entryText, percentEncode, readCorpus } from './corpus.ts'
import { findFaults } from './oracle.ts'
import { describeRequest, type Runner } from './runner.ts'
import {
  type CallerName,
  type FuzzRequest,
  hasJsonBody,
  requiredHeaders,
  type Target,
  validPath,
} from './target.ts'

/** Endpoints that remove the data or sessions which the other requests need. */
const DESTRUCTIVE = new Set(['signOut', 'deleteBook', 'deleteMe', 'endOtherSessions'])

const TEXTS = ['strings', 'keys', 'emails', 'numbers', 'expressions']
  .flatMap(group => readCorpus(group))
  .map(entryText)
const SHORT_TEXTS = TEXTS.filter(text => text.length < 2_000)
const QUERY_NAMES = [
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

const arbitraryText = fc.oneof(
  fc.constantFrom(...SHORT_TEXTS),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
)
const arbitraryJson = fc.oneof(fc.jsonValue({ maxDepth: 4 }), arbitraryText, fc.double(), fc.integer())

/** A valid body with some fields replaced, or an arbitrary body. */
const arbitraryBody = (whole: Record<string, unknown>): fc.Arbitrary<string | Uint8Array> =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .tuple(fc.subarray(Object.keys(whole)), fc.array(arbitraryJson, { maxLength: 8 }))
        .map(([keys, values]) =>
          JSON.stringify({ ...whole, ...Object.fromEntries(keys.map((key, i) => [key, values[i] ?? null])) }),
        ),
    },
    {
      weight: 1,
      arbitrary: fc
        .dictionary(fc.string(), arbitraryJson, { maxKeys: 5 })
        .map(more => JSON.stringify({ ...whole, ...more })),
    },
    { weight: 1, arbitrary: arbitraryJson.map(value => JSON.stringify(value) ?? 'null') },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
  )

const arbitraryRequest = (target: Target): fc.Arbitrary<FuzzRequest> => {
  const callers = Object.keys(target.callers) as CallerName[]
  return fc.constantFrom(...ENDPOINTS.filter(({ id }) => !DESTRUCTIVE.has(id))).chain(endpoint =>
    fc
      .record({
        as: fc.constantFrom(...callers),
        id: fc.option(arbitraryText, { freq: 2 }),
        query: fc.option(fc.dictionary(fc.constantFrom(...QUERY_NAMES), arbitraryText, { maxKeys: 3 }), {
          freq: 2,
        }),
        body: hasJsonBody(endpoint) ? arbitraryBody(target.bodies[endpoint.id]) : fc.constant(undefined),
        image: endpoint.body === 'bytes' ? fc.uint8Array({ maxLength: 200 }) : fc.constant(undefined),
      })
      .map(({ as, id, query, body, image }): FuzzRequest => {
        const whole = validPath(target, endpoint)
        const path = id === null ? whole : endpoint.path.replaceAll(/\{\w+\}/g, percentEncode(id))
        const asked = Object.entries(query ?? {}).map(([name, value]) => `${name}=${percentEncode(value)}`)
        const bytes = body ?? image
        return {
          endpoint,
          as,
          path: asked.length > 0 ? `${path}?${asked.join('&')}` : path,
          ...(bytes === undefined ? {} : { body: bytes }),
          headers: requiredHeaders(endpoint),
          why: 'at random',
          mayReroute: true,
        }
      }),
  )
}

/** Sends `count` random requests; reports a fault as its shrunk request with the seed. */
export const sendRandomRequests = async (
  target: Target,
  { ask, note, faults }: Runner,
  count: number,
  seed: number,
): Promise<void> => {
  const found = await fc.check(
    fc.asyncProperty(arbitraryRequest(target), async request => {
      const known = faults.length
      const response = await ask(request)
      const wrong = faults.length > known || findFaults(request, response, true).length > 0
      // Faults found while shrinking are reported once, at the end.
      faults.length = known
      return !wrong
    }),
    { numRuns: count, seed },
  )
  const [request] = found.counterexample ?? []
  if (request)
    note(
      request,
      undefined,
      `fails (seed ${found.seed}, ${found.numShrinks} times smaller): ${describeRequest(request, await target.send(request))}`,
    )
}
