/** Archives: what is written is read back exactly, and anything else than an archive is refused before it is acted on. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { packTar, unpackTar as unpackWhole } from 'modern-tar'
import { expect, test } from 'vitest'
import { aBook, checkOut, createTestShop, type TestShop, temporaryFolder } from '../../test/kit.ts'
import { putRaw, type RawItem, type RawValue, scanRaw } from '../core/dynamo/raw-items.ts'
import { TABLE_IDS, TABLES, type TableId } from '../tables/definitions.ts'
import { isQuiet } from '../tables/quiet.ts'
import { withoutDatabaseRows } from './database-rows.ts'
import { BackupError } from './format.ts'
import { verifyArchive } from './read.ts'
import { assertRestorable, restoreArchive } from './restore.ts'
import { settingFiles } from './setting-files.ts'
import { type Source, writeArchive } from './write.ts'

const DATA_VERSION = '0.2.0'
const COVER = 'covers/tech-001-0123456789abcdef.webp'

const sourceOf = (shop: TestShop): Source => ({
  head: {
    release: '0.2.0',
    data_version: DATA_VERSION,
    as_of: '2026-03-01T02:30:00.000Z',
    method: 'snapshot',
    currency: 'USD',
    public_url: 'https://shop.example',
  },
  items: id => scanRaw(shop.deps.db, shop.names[id]),
  cover: shop.deps.blobs.get,
  ...settingFiles(
    [
      { name: 'SHOP_NAME', text: 'Books "& more" \\', secret: false },
      { name: 'SMTP_URL', text: 'smtps://user:password@mail.example', secret: true },
    ],
    { secret: 'the secret of the shop\n', terms: '# Terms' },
  ),
})

const write = (shop: TestShop, file: string, passphrase?: string) =>
  writeArchive(file, sourceOf(shop), { passphrase, workFactor: 10, now: () => new Date() })

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, one]) => [
    name,
    // The members of a set are in any order.
    /^[SNB]S$/.test(name) && Array.isArray(one) ? [...one].sort() : sorted(one),
  ])
  return Object.fromEntries(entries.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)))
}

const itemsOf = async (shop: TestShop, id: TableId): Promise<string[]> => {
  const items: RawItem[] = []
  for await (const page of scanRaw(shop.deps.db, shop.names[id])) items.push(...page)
  return withoutDatabaseRows(items)
    .map(item => JSON.stringify(sorted(item)))
    .sort()
}

const base64 = fc
  .uint8Array({ minLength: 1, maxLength: 40 })
  .map(bytes => Buffer.from(bytes).toString('base64'))
const numberText = fc.oneof(
  fc.integer().map(String),
  fc.constantFrom('0', '-1', '0.1', '12345678901234567890123456789012345678', '1.5e-10', '9.99e+30'),
)
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.constantFrom('', '\n', '"', '\u0000', '🦊'),
)
/**
 * Not `\` alone: with V8 14.6, once JSON.parse has read an object with that name, other escaped names of one letter at the same place,
 * such as `"\n"`, are read as it.
 */
const name = fc.string({ minLength: 1, maxLength: 12 }).filter(letters => letters !== '\\')
const set = (one: fc.Arbitrary<string>) => fc.uniqueArray(one, { minLength: 1, maxLength: 5 })
const { value } = fc.letrec<{ value: RawValue }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text.map(S => ({ S })),
    numberText.map(N => ({ N })),
    base64.map(B => ({ B })),
    fc.boolean().map(BOOL => ({ BOOL })),
    fc.constant({ NULL: true }),
    set(text.filter(one => one !== '')).map(SS => ({ SS })),
    set(fc.integer().map(String)).map(NS => ({ NS })),
    set(base64).map(BS => ({ BS })),
    fc.array(tie('value'), { maxLength: 4 }).map(L => ({ L })),
    fc.dictionary(name, tie('value'), { maxKeys: 4 }).map(M => ({ M })),
  ),
}))

const anyItems = (count: number): RawItem[] =>
  fc
    .sample(fc.dictionary(name, value, { maxKeys: 6 }), count)
    .map((attributes, i) => ({ ...attributes, pk: { S: `any#${i}` }, sk: { S: 'any' } }))

let made: Promise<{ shop: TestShop; file: string }> | undefined
/** A shop with a book, its cover, an order and items of every type, and its archive. */
const makeArchive = () => {
  made ??= (async () => {
    const book = aBook({ image_url: `/images/${COVER}` })
    const shop = await createTestShop({ books: [book, aBook({ book_id: 'tech-002' })] })
    await shop.deps.blobs.put(COVER, Buffer.from('RIFF cover'))
    const buyer = shop.visitor()
    await buyer.post('/api/cart/items', { book_id: 'tech-001' })
    expect((await checkOut(buyer)).status).toBe(201)
    await putRaw(shop.deps.db, shop.names.control, anyItems(230))
    // Larger than what one transaction takes.
    const large = Array.from({ length: 14 }, (_, i) => ({
      pk: { S: 'large' },
      sk: { S: String(i) },
      text: { S: 'ü'.repeat(150_000) },
    }))
    await putRaw(shop.deps.db, shop.names.control, large)
    const file = join(temporaryFolder(), 'shop.tar')
    await write(shop, file)
    return { shop, file }
  })()
  return made
}

const emptyShop = () => createTestShop({ withStaff: false })

test('a backup restored elsewhere has every item, every cover and the settings, exactly', async () => {
  const { shop, file } = await makeArchive()
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(readdirSync(join(file, '..'))).toEqual(['shop.tar'])
  const summary = await verifyArchive(file, { passphrase: undefined, dataVersion: DATA_VERSION })
  expect(summary).toMatchObject({ covers: 1, items: { books: 2, orders: 1, carts: 0 } })
  const target = await emptyShop()
  await assertRestorable(target.deps, summary.head, 'USD')
  // Where there are no tables yet, none is created to find that out.
  const nowhere = Object.fromEntries(TABLE_IDS.map(id => [id, `none-${id}`])) as typeof target.names
  await assertRestorable({ ...target.deps, names: nowhere }, summary.head, 'USD')
  await expect(target.deps.db.get(nowhere.books, { category: 'a', book_id: 'b' })).rejects.toThrow()
  const kept: string[] = []
  const keep = ({ name }: { name: string }) => void kept.push(name)
  await restoreArchive(target.deps, file, summary.head, { passphrase: undefined, keep })
  for (const id of TABLE_IDS) expect(await itemsOf(target, id)).toEqual(await itemsOf(shop, id))
  expect(Buffer.from((await target.deps.blobs.get(COVER)) ?? []).toString()).toBe('RIFF cover')
  expect(kept).toEqual(['settings/shop.env', 'settings/terms.md'])
  expect(await isQuiet(target.deps)).toBe(true)
  // It is not empty any more.
  await expect(assertRestorable(target.deps, summary.head, 'USD')).rejects.toThrow(/not empty/)
  await expect(
    assertRestorable(await emptyShop().then(one => one.deps), summary.head, 'EUR'),
  ).rejects.toThrow('set CURRENCY=USD')
})

test('a restore that is cut off is completed by the same archive, and by no other', async () => {
  const { shop, file } = await makeArchive()
  const { head } = await verifyArchive(file, { passphrase: undefined, dataVersion: DATA_VERSION })
  const target = await emptyShop()
  let left = 2
  const failing = {
    ...target.deps.db,
    admin: async (...call: Parameters<typeof target.deps.db.admin>) => {
      if (call[0] === 'TransactWriteItems' && left-- <= 0) throw new Error('cut off')
      return target.deps.db.admin(...call)
    },
  }
  const keep = () => {}
  const options = { passphrase: undefined, keep }
  await expect(restoreArchive({ ...target.deps, db: failing }, file, head, options)).rejects.toThrow(
    'cut off',
  )
  const other = { ...head, id: crypto.randomUUID() }
  await expect(assertRestorable(target.deps, other, 'USD')).rejects.toThrow(/restore of another backup/)
  await assertRestorable(target.deps, head, 'USD')
  await restoreArchive(target.deps, file, head, options)
  for (const id of TABLE_IDS) expect(await itemsOf(target, id)).toEqual(await itemsOf(shop, id))
})

test('the items are in the format of a DynamoDB export, with the sums and counts of its manifests', async () => {
  const { file, shop } = await makeArchive()
  const entries = new Map(
    (await unpackWhole(readFileSync(file))).map(({ header, data }) => [header.name, Buffer.from(data ?? [])]),
  )
  for (const id of TABLE_IDS) {
    const folder = `tables/${TABLES[id].name}`
    const files = (entries.get(`${folder}/manifest-files.json`) ?? Buffer.from(''))
      .toString()
      .trim()
      .split('\n')
    let count = 0
    for (const line of files) {
      const { itemCount, md5Checksum, dataFileS3Key } = JSON.parse(line)
      const bytes = entries.get(dataFileS3Key) ?? Buffer.from('')
      expect(createHash('md5').update(bytes).digest('base64')).toBe(md5Checksum)
      const lines = gunzipSync(bytes).toString().split('\n').slice(0, -1)
      expect(lines).toHaveLength(itemCount)
      for (const one of lines) expect(Object.keys(JSON.parse(one))).toEqual(['Item'])
      count += itemCount
    }
    const summary = entries.get(`${folder}/manifest-summary.json`) ?? Buffer.from('')
    expect(JSON.parse(summary.toString())).toMatchObject({
      version: '2020-06-30',
      itemCount: count,
      outputFormat: 'DYNAMODB_JSON',
      manifestFilesS3Key: `${folder}/manifest-files.json`,
    })
    const sum = entries.get(`${folder}/manifest-summary.checksum`)?.toString()
    expect(sum).toBe(createHash('md5').update(summary).digest('base64'))
    expect(count).toBe((await itemsOf(shop, id)).length)
  }
  expect(entries.get('settings/shop.env')?.toString()).toBe('SHOP_NAME="Books \\"& more\\" \\\\"\n')
  expect([...entries.keys()].filter(name => name.startsWith('secrets/'))).toEqual([])
})

test('a sealed archive opens with its passphrase alone, holds the secrets, and shows nothing without it', async () => {
  const shop = await createTestShop({ books: [aBook({ title: 'A Very Secret Title' })], withStaff: false })
  const file = join(temporaryFolder(), 'shop.tar.age')
  await write(shop, file, 'correct horse battery')
  const bytes = readFileSync(file)
  expect(bytes.subarray(0, 21).toString()).toBe('age-encryption.org/v1')
  expect(bytes.includes('backup.json')).toBe(false)
  const verify = (passphrase?: string) => verifyArchive(file, { passphrase, dataVersion: DATA_VERSION })
  await expect(verify()).rejects.toThrow(/--passphrase-file/)
  await expect(verify('correct horse batter')).rejects.toThrow(/passphrase is another one/)
  const { head } = await verify('correct horse battery')
  expect(head.sealed).toBe(true)
  const kept = new Map<string, string>()
  const target = await emptyShop()
  await restoreArchive(target.deps, file, head, {
    passphrase: 'correct horse battery',
    keep: ({ name, bytes }) => void kept.set(name, Buffer.from(bytes).toString()),
  })
  expect(kept.get('secrets/secret')).toBe('the secret of the shop\n')
  expect(kept.get('secrets/shop.env')).toBe('SMTP_URL="smtps://user:password@mail.example"\n')
  writeFileSync(file, bytes.subarray(0, -20))
  await expect(verify('correct horse battery')).rejects.toThrow(BackupError)
})

test('a backup overwrites nothing, and leaves no file when it fails', async () => {
  const { shop, file } = await makeArchive()
  await expect(write(shop, file)).rejects.toThrow(/exists, and a backup overwrites nothing/)
  await expect(write(shop, join(file, '../none/shop.tar'))).rejects.toThrow(/there is no folder/)
  const folder = temporaryFolder()
  async function* failing(): AsyncGenerator<readonly RawItem[]> {
    yield [{ user_id: { S: 'user-1' } }]
    throw new Error('the database is gone')
  }
  const source = {
    ...sourceOf(shop),
    items: (id: TableId) => (id === 'users' ? failing() : sourceOf(shop).items(id)),
  }
  await expect(
    writeArchive(join(folder, 'a.tar'), source, { passphrase: undefined, now: () => new Date() }),
  ).rejects.toThrow('the database is gone')
  expect(readdirSync(folder)).toEqual([])
})

const verifyBytes = async (bytes: Uint8Array) => {
  const file = join(temporaryFolder(), 'archive')
  writeFileSync(file, bytes)
  return verifyArchive(file, { passphrase: undefined, dataVersion: DATA_VERSION })
}

test('an archive that was cut off or changed anywhere is refused, or is read as what it was', async () => {
  const shop = await createTestShop({ books: [aBook()] })
  const file = join(temporaryFolder(), 'shop.tar')
  const whole = await write(shop, file)
  const bytes = readFileSync(file)
  for (const end of fc.sample(fc.integer({ min: 0, max: bytes.length - 1025 }), 25))
    await expect(verifyBytes(bytes.subarray(0, end)), `cut off at ${end}`).rejects.toThrow(BackupError)
  for (const at of fc.sample(fc.integer({ min: 0, max: bytes.length - 1 }), 60)) {
    const changed = Buffer.from(bytes)
    changed.writeUInt8((changed.readUInt8(at) + 1) % 256, at)
    const outcome = await verifyBytes(changed).catch((error: unknown) => error)
    // Not every byte between the entries means something.
    if (outcome instanceof Error) expect(outcome, `changed at ${at}`).toBeInstanceOf(BackupError)
    else expect(outcome, `changed at ${at}`).toMatchObject({ head: whole.head, items: whole.items })
  }
})

type Part = {
  readonly header: Parameters<typeof packTar>[0][number]['header']
  readonly body?: string | Uint8Array<ArrayBuffer> | undefined
}
const file = (name: string, body: string | Uint8Array<ArrayBuffer>): Part => ({
  header: { name, size: Buffer.byteLength(body), type: 'file' },
  body,
})

test('what an archive never has is refused, and nothing is written or unpacked', async () => {
  const { file: good } = await makeArchive()
  const parts: Part[] = (await unpackWhole(readFileSync(good))).map(({ header, data }) => ({
    header: { ...header },
    body: data,
  }))
  const headPart = parts[0] as Part
  const headOf = (changes: object) =>
    file(
      'backup.json',
      JSON.stringify({
        ...JSON.parse(String(new TextDecoder().decode(headPart.body as Uint8Array))),
        ...changes,
      }),
    )
  const bomb = new Uint8Array(gzipSync(Buffer.alloc(64 * 2 ** 20, ' ')))
  const booksData = `tables/${TABLES.books.name}/data/000001.json.gz`
  const gz = (text: string) => file(booksData, new Uint8Array(gzipSync(text)))
  const attacks: readonly (readonly [string, readonly Part[], RegExp])[] = [
    ['a path out of the folder', [headPart, file('../../etc/passwd', 'x')], /which backups do not have/],
    ['an absolute path', [headPart, file('/etc/passwd', 'x')], /which backups do not have/],
    ['a path within a known name', [headPart, file('covers/../../x.webp', 'x')], /which backups do not have/],
    [
      'a symbolic link',
      [headPart, { header: { name: 'covers/a.webp', size: 0, type: 'symlink', linkname: '/etc/passwd' } }],
      /symlink/,
    ],
    [
      'a hard link',
      [headPart, { header: { name: 'covers/a.webp', size: 0, type: 'link', linkname: 'secret' } }],
      /link/,
    ],
    [
      'a device',
      [headPart, { header: { name: 'covers/a.webp', size: 0, type: 'character-device' } }],
      /character-device/,
    ],
    [
      'a huge entry',
      [headPart, file('settings/shop.env', new Uint8Array(2 * 2 ** 20))],
      /the most it may have/,
    ],
    ['a gzip bomb', [headPart, file(booksData, bomb)], /cannot be unpacked/],
    ['text instead of gzip', [headPart, file(booksData, 'text')], /cannot be unpacked/],
    ['an item without its key', [headPart, gz('{"Item":{"title":{"S":"x"}}}\n')], /line 1 .* is not an item/],
    [
      'an item of a wrong type',
      [headPart, gz('{"Item":{"category":{"S":"a"},"book_id":{"S":"b"},"x":{"Q":1}}}\n')],
      /is not an item/,
    ],
    ['a line that is not JSON', [headPart, gz('{"Item"\n')], /line 1/],
    ['a later format', [headOf({ format: 2 })], /later release/],
    ['a later release', [headOf({ data_version: '9.0.0' }), ...parts.slice(1)], /release 9.0.0/],
    ['no head', parts.slice(1), /must begin with backup.json/],
    ['no end', parts.slice(0, -1), /not complete/],
    ['something after the end', [...parts, file('covers/a.webp', 'x')], /goes on after its last entry/],
    ['a missing entry', parts.filter(({ header }) => header.name !== booksData), /damaged/],
    [
      'a wrong checksum',
      parts.map(part => (part.header.name === COVER ? file(COVER, 'RIFF Cover') : part)),
      /does not have its checksum/,
    ],
    ['nothing', [], /not a backup|empty|not complete/],
  ]
  for (const [what, attack, message] of attacks) {
    const outcome = await verifyBytes(await packTar(attack)).catch((error: unknown) => error)
    expect(outcome, what).toBeInstanceOf(BackupError)
    expect((outcome as Error).message, what).toMatch(message)
  }
  await expect(verifyBytes(Buffer.from('PK\u0003\u0004 not a tar at all'.repeat(100)))).rejects.toThrow(
    /not a backup/,
  )
  expect(existsSync('etc')).toBe(false)
})
