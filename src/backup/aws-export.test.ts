/** Backups by exports of Amazon DynamoDB: a stand-in exports the tables of an engine to a bucket, as they were at a second. */
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import { contradictions, startCheckouts } from '../../test/contradictions.ts'
import { startFakeAws } from '../../test/fake-aws.ts'
import { aBook, createTestShop, getTestEngine, type TestShop } from '../../test/kit.ts'
import { readItems } from '../../test/table-contents.ts'
import { BucketError, createBucketObjects } from '../core/aws/s3-objects.ts'
import { createServiceSigner, engineSigner } from '../core/aws/sign.ts'
import { createDynamo, type Dynamo } from '../core/dynamo/dynamo.ts'
import { putRaw, type RawItem, scanRaw } from '../core/dynamo/raw-items.ts'
import { createWire } from '../core/dynamo/wire.ts'
import { TABLE_IDS, type TableId } from '../tables/definitions.ts'
import { exportShop } from './aws-export.ts'

const STOCK = 1_000

const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('base64')

/** DynamoDB with point-in-time recovery: what it exports is the state when the writes were taken again, or, too late, after it. */
const createAws = async (
  shop: TestShop,
  { isLate = false, isRestorable = true, status = 'COMPLETED' } = {},
) => {
  const aws = await startFakeAws()
  onTestFinished(() => void aws.close())
  const credentials = async () => ({ accessKeyId: 'example', secretAccessKey: 'example' })
  const objects = createBucketObjects(
    `${aws.url}/exports`,
    createServiceSigner('s3', 'eu-central-1', credentials),
  )
  const { endpoint } = await getTestEngine()
  const plain = createDynamo(createWire(() => endpoint, engineSigner))
  onTestFinished(plain.close)
  const state = new Map<TableId, RawItem[]>()
  const remember = async (): Promise<void> => {
    for (const id of TABLE_IDS) {
      const items: RawItem[] = []
      for await (const page of scanRaw(plain, shop.names[id])) items.push(...page)
      state.set(id, items)
    }
  }
  const asked: Record<string, unknown>[] = []
  const store = (id: TableId): void => {
    const items = state.get(id) ?? []
    const half = Math.ceil(items.length / 2)
    const parts = [items.slice(0, half), items.slice(half), []].map(part =>
      part.length === 0
        ? Buffer.alloc(0)
        : gzipSync(part.map(Item => `${JSON.stringify({ Item })}\n`).join('')),
    )
    const put = (key: string, bytes: Buffer) =>
      aws.objects.set(`/exports/AWSDynamoDB/1-${id}/${key}`, { bytes, headers: {} })
    const lines = parts.map((bytes, i) => {
      put(`data/part${i}.json.gz`, bytes)
      const itemCount = [half, items.length - half, 0][i]
      const dataFileS3Key = `AWSDynamoDB/1-${id}/data/part${i}.json.gz`
      return `${JSON.stringify({ itemCount, md5Checksum: md5(bytes), etag: 'x', dataFileS3Key })}\n`
    })
    put('manifest-files.json', Buffer.from(lines.join('')))
    for (const name of ['_started', 'manifest-summary.json', 'manifest-summary.md5', 'manifest-files.md5'])
      put(name, Buffer.alloc(0))
  }
  /** Undefined for what the engine answers. */
  const answer = (operation: string, input: Record<string, unknown>): Record<string, unknown> | undefined => {
    const table = String(input.TableArn)
    switch (operation) {
      case 'DescribeContinuousBackups': {
        const PointInTimeRecoveryDescription = {
          PointInTimeRecoveryStatus: isRestorable ? 'ENABLED' : 'DISABLED',
          LatestRestorableDateTime: Date.now() / 1000,
        }
        return { ContinuousBackupsDescription: { PointInTimeRecoveryDescription } }
      }
      case 'ExportTableToPointInTime': {
        asked.push(input)
        const id = TABLE_IDS.find(one => table.endsWith(`/${shop.names[one]}`)) ?? 'books'
        store(id)
        return { ExportDescription: { ExportArn: `${table}/export/1-${id}` } }
      }
      case 'DescribeExport':
        return { ExportDescription: { ExportStatus: status, FailureMessage: 'access denied' } }
      default:
        return undefined
    }
  }
  const db: Dynamo = {
    ...plain,
    admin: async (operation, input, repeatable) =>
      answer(operation, input as Record<string, unknown>) ?? plain.admin(operation, input, repeatable),
    write: async (one, repeatable) => {
      const opens = one.action === 'Put' && one.item.state === 'open'
      if (opens && !isLate) await remember()
      await plain.write(one, repeatable)
      if (opens && isLate) await remember()
    },
  }
  return { shop: { db, names: shop.names, bucket: 'exports', objects }, objects: aws.objects, asked, plain }
}

const collect = async (items: AsyncIterable<readonly RawItem[]>): Promise<RawItem[]> => {
  const all: RawItem[] = []
  for await (const page of items) all.push(...page)
  return all
}

test('exports of one second, in which writes are paused, are the shop at one moment, and are deleted when they are read', async () => {
  const shop = await createTestShop({ books: [aBook({ stock_quantity: STOCK })], withStaff: false })
  const aws = await createAws(shop)
  const checkouts = await startCheckouts(shop, 60)
  const exported = await exportShop(aws.shop, { pollMs: 20 })
  const sold = await checkouts.stop()
  expect(aws.asked).toHaveLength(5)
  for (const input of aws.asked)
    expect(input).toMatchObject({ ExportTime: exported.asOf.getTime() / 1000, S3Bucket: 'exports' })
  const target = await createTestShop({ withStaff: false })
  for (const id of TABLE_IDS) {
    const items = (await collect(exported.items(id))).filter(item => item.sk?.S !== 'state')
    await putRaw(aws.plain, target.names[id], items)
  }
  expect(await contradictions(target, STOCK)).toEqual([])
  const ordered = (await readItems(target, 'orders')).length
  expect(ordered).toBeGreaterThan(0)
  expect(ordered).toBeLessThanOrEqual(sold)
  await exported.remove()
  expect([...aws.objects.keys()]).toEqual([])
})

test('exports of another second than that of the pause, or that are damaged, are refused', async () => {
  const shop = await createTestShop({ books: [aBook()], withStaff: false })
  const late = await createAws(shop, { isLate: true })
  const exported = await exportShop(late.shop, { pollMs: 20 })
  await expect(collect(exported.items('control'))).rejects.toThrow(
    /not of the second in which writes were paused/,
  )
  expect(await collect(exported.items('books'))).toHaveLength(1)
  const key = '/exports/AWSDynamoDB/1-books/data/part0.json.gz'
  late.objects.set(key, { bytes: gzipSync(''), headers: {} })
  await expect(collect(exported.items('books'))).rejects.toThrow(/does not agree with its manifest/)
  late.objects.delete(key)
  await expect(collect(exported.items('books'))).rejects.toThrow(/responded with 404/)
})

test('what a failed or an interrupted export leaves in the bucket is said, and so is what could not be deleted', async () => {
  const shop = await createTestShop({ withStaff: false })
  const folders = TABLE_IDS.map(id => `AWSDynamoDB/1-${id}`)
  const left: (readonly string[])[] = []
  const options = { pollMs: 20, onLeft: (found: readonly string[]) => void left.push(found) }
  const failing = await createAws(shop, { status: 'FAILED' })
  await expect(exportShop(failing.shop, options)).rejects.toThrow(/could not export .*: access denied/)
  const slow = await createAws(shop, { status: 'IN_PROGRESS' })
  const interrupted = new AbortController()
  const begin = (what: string): void => {
    if (what.startsWith('DynamoDB exports')) setTimeout(() => interrupted.abort(), 100)
  }
  await expect(exportShop(slow.shop, { ...options, begin, signal: interrupted.signal })).rejects.toThrow()
  const aws = await createAws(shop)
  const exported = await exportShop(aws.shop, options)
  expect(left).toEqual([folders, folders])
  aws.objects.delete('/exports/AWSDynamoDB/1-books/manifest-files.json')
  await expect(exported.remove()).rejects.toThrow(BucketError)
  expect(left).toEqual([folders, folders, folders])
})

test('a table without point-in-time recovery is named with the command that switches it on, and no write is paused', async () => {
  const shop = await createTestShop({ withStaff: false })
  const aws = await createAws(shop, { isRestorable: false })
  await expect(exportShop(aws.shop)).rejects.toThrow(
    `aws dynamodb update-continuous-backups --table-name ${shop.names.books}`,
  )
  expect(await readItems(shop, 'control')).toEqual([])
})
