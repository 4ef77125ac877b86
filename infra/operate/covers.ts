/**
 * Copies of the covers in a second Region. Replication copies what is written from its first day on; what was there before is
 * copied here, object by object, within S3.
 */
import { type Calls, expectOk, OperatorError, objectPath, xmlValue } from './calls.ts'

export type CoverCalls = {
  /** ETags of the objects whose keys begin with `prefix`, by key. */
  readonly objects: (bucket: string, prefix: string) => Promise<ReadonlyMap<string, string>>
  /** Copies an object of another bucket, whatever its Region, with its headers. */
  readonly copyObject: (from: string, key: string, to: string) => Promise<void>
}

export const createCoverCalls = ({ bucket }: Pick<Calls, 'bucket'>): CoverCalls => ({
  objects: async (name, prefix) => {
    const found = new Map<string, string>()
    let token: string | undefined
    do {
      const next = token === undefined ? '' : `&continuation-token=${encodeURIComponent(token)}`
      const path = `/?list-type=2&prefix=${encodeURIComponent(prefix)}${next}`
      const text = await expectOk(bucket(name, 'GET', path), `bucket ${name}`)
      for (const [contents] of text.matchAll(/<Contents>.*?<\/Contents>/gs))
        found.set(xmlValue(contents, 'Key') ?? '', xmlValue(contents, 'ETag') ?? '')
      token = xmlValue(text, 'NextContinuationToken')
    } while (token !== undefined)
    return found
  },
  copyObject: async (from, key, to) => {
    const source = { 'x-amz-copy-source': `/${from}${objectPath(key)}`, 'content-length': '0' }
    const text = await expectOk(bucket(to, 'PUT', objectPath(key), source), `copying ${key} to bucket ${to}`)
    // A copy may fail after its status has been sent.
    if (!text.includes('<CopyObjectResult'))
      throw new OperatorError(
        `copying ${key} to bucket ${to}: ${xmlValue(text, 'Message') ?? 'S3 did not confirm it'}`,
      )
  },
})

const COVERS = 'images/'
const AT_ONCE = 16
const REPORT_EVERY = 500

export type Side = { readonly aws: CoverCalls; readonly bucket: string }

/**
 * Copies the covers that the other bucket lacks, and gives back their number. It can be interrupted and repeated. `report` gets the
 * progress in words after `every` so many.
 */
export const copyCovers = async (
  from: Side,
  to: Side,
  report: (line: string) => void,
  every = REPORT_EVERY,
): Promise<number> => {
  const [all, there] = [await from.aws.objects(from.bucket, COVERS), await to.aws.objects(to.bucket, COVERS)]
  const missing = [...all].filter(([key, tag]) => there.get(key) !== tag).map(([key]) => key)
  const queue = missing.values()
  let copied = 0
  const work = async (): Promise<void> => {
    for (const key of queue) {
      await to.aws.copyObject(from.bucket, key, to.bucket)
      copied++
      if (copied % every === 0) report(`copied ${copied} of ${missing.length} covers to ${to.bucket}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  return copied
}
