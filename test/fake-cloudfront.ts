/** Fake of CloudFront's invalidations: accepts each reference once, and has done it at once. */
import type { BucketAnswer } from './fake-bucket.ts'

export type FakeInvalidation = {
  readonly distribution: string
  readonly reference: string
  readonly paths: readonly string[]
}

const PATH = /^\/2020-05-31\/distribution\/(\w+)\/invalidation(?:\/(\w+))?$/
const values = (xml: string, element: string): string[] =>
  [...xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map(([, text = '']) => text)

const xml = (status: number, body: string): BucketAnswer => ({
  status,
  body,
  headers: { 'content-type': 'text/xml' },
})

/** `answer` gives undefined for a request that is not CloudFront's. Requests with the method `state.denied` are refused. */
export const createFakeCloudFront = () => {
  const invalidations: FakeInvalidation[] = []
  const state: { denied?: string } = {}

  const describe = (index: number): string =>
    `<Invalidation><Id>I${index}</Id><Status>Completed</Status></Invalidation>`

  const create = (distribution: string, body: string): BucketAnswer => {
    const [reference = ''] = values(body, 'CallerReference')
    const [paths, [quantity]] = [values(body, 'Path'), values(body, 'Quantity')]
    if (Number(quantity) !== paths.length || paths.some(path => !/^\/[^*]*\*?$/.test(path)))
      return xml(
        400,
        '<Error><Code>InvalidArgument</Code><Message>Your request is not valid</Message></Error>',
      )
    const known = invalidations.findIndex(one => one.reference === reference)
    if (known >= 0) return xml(201, describe(known))
    invalidations.push({ distribution, reference, paths })
    return xml(201, describe(invalidations.length - 1))
  }

  const answer = (method: string, url: string, body: string): BucketAnswer | undefined => {
    const [, distribution, id] = PATH.exec(url) ?? []
    if (distribution === undefined) return undefined
    if (method === state.denied)
      return xml(403, '<Error><Code>AccessDenied</Code><Message>not authorized</Message></Error>')
    if (method === 'POST') return create(distribution, body)
    return xml(200, describe(Number(id?.slice(1))))
  }

  return { invalidations, state, answer }
}
