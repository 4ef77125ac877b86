/** Keys of the control table as they are stored. They are literal strings here, because a changed key loses the data of earlier releases. */
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { unmarshall } from '@aws-sdk/util-dynamodb'
import { describe, expect, test } from 'vitest'
import { AUTH_POINTERS, AUTH_ROWS } from './auth-rows.ts'
import type { ControlKey, RowKind } from './row-kind.ts'
import { CONTROL_ROWS } from './rows.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const FIXTURES = join(ROOT, 'test/upgrade/fixtures')

const pointers = Object.values(AUTH_POINTERS).flat()
const kinds: readonly RowKind[] = [...Object.values(CONTROL_ROWS), ...Object.values(AUTH_ROWS), ...pointers]

// The hashes were computed apart, by `printf %s 'order-link:token' | sha256sum` and so on.
const KEYS: readonly (readonly [ControlKey, pk: string, sk: string])[] = [
  [CONTROL_ROWS.shop.key('currency'), 'shop', 'currency'],
  [CONTROL_ROWS.writeFence.key('state'), 'write-fence', 'state'],
  [CONTROL_ROWS.projection.key('marker'), 'projection', 'marker'],
  [CONTROL_ROWS.searchEngine.key('mode'), 'search-engine', 'mode'],
  [CONTROL_ROWS.bookPointer.key('tech-001'), 'book#tech-001', 'pointer'],
  [CONTROL_ROWS.catalogChange.key('01m8'), 'catalog-changes', '01m8'],
  [CONTROL_ROWS.searchTerms.key('2025-09-05#0f'), 'searches', '2025-09-05#0f'],
  [CONTROL_ROWS.cdnPurge.key('state'), 'cdn-purge', 'state'],
  [CONTROL_ROWS.renamedCategory.key('Sci-Fi'), 'renamed-categories', 'Sci-Fi'],
  [CONTROL_ROWS.idempotency.key('user-1', 'my key'), 'idem#user-1', 'checkout#my key'],
  [
    CONTROL_ROWS.emailOrder.key('a@example.org', 'order-1'),
    'email-orders#e16bfe08be114c7b3737aa01ce504ebcb5d13fc44897c38c6cac63ddc7151463',
    'order-1',
  ],
  [CONTROL_ROWS.orderNumber.key('7K3M2-QX8VD'), 'order-number#7K3M2-QX8VD', 'order-number'],
  [CONTROL_ROWS.orderNumbering.key('progress'), 'order-numbering', 'progress'],
  [
    CONTROL_ROWS.orderLink.key('token'),
    'order-link#7ceb112baa198c3cb8c0402df050b810db7d758494ed0669bc08c124c6e9d853',
    'order-link',
  ],
  [
    CONTROL_ROWS.orderView.key('order-1', 'token'),
    'order-view#order-1',
    '250f483c6ba8c5b223934b9ff20a1af044fede9ba850a39f3f77ee121ddf0c40',
  ],
  [CONTROL_ROWS.outbox.key('01m8#order-1#order_confirmed'), 'outbox', '01m8#order-1#order_confirmed'],
  [
    CONTROL_ROWS.outboxShard.key('3', '01m8#order-1#order_confirmed'),
    'outbox#3',
    '01m8#order-1#order_confirmed',
  ],
  [CONTROL_ROWS.deadLetter.key('order-1#order_confirmed'), 'outbox-dead', 'order-1#order_confirmed'],
  [CONTROL_ROWS.sentMail.key('order-1#order_confirmed'), 'mail#order-1#order_confirmed', 'sent'],
  [CONTROL_ROWS.rateLimit.key('0f'), 'limit#0f', 'limit'],
  [CONTROL_ROWS.emailReservation.key('a@example.org'), 'email#a@example.org', 'email'],
  [CONTROL_ROWS.postalAddress.key('user-1', '01m8'), 'user#user-1', 'address#01m8'],
  [
    CONTROL_ROWS.usedCode.key('user-1', '123456'),
    'user#user-1',
    'code#d9d58d8ff4254f1487ea240db7cc99cc80b323b41757df5eb0ac8108230b421a',
  ],
  [
    CONTROL_ROWS.accountLink.key('token'),
    'account-link#3090e68d8dc4b2fe17b78a6e34e570477239e038153053a773b3d0d47a4c336e',
    'account-link',
  ],
  [
    CONTROL_ROWS.cognitoRequest.key('secret'),
    'cognito#0ffba3cf48f03635e47295e75b06356d43969c80204456a35f4a648ef9c9823d',
    'cognito',
  ],
  [
    CONTROL_ROWS.knownDevice.key('a@example.org', 'secret'),
    'devices#f0c45502690ecaf5d14b7a7f4b9513f158d7a7aa2d525a3a852bd637ed620558',
    '625348f507ebcfff055985afe61e43814afa504a94ef3015bafb3013c260eab0',
  ],
  [CONTROL_ROWS.checkout.key('order-1'), 'checkout#order-1', 'checkout'],
  [CONTROL_ROWS.liveCheckout.key('user-1'), 'user#user-1', 'checkout'],
  [CONTROL_ROWS.invoicePermission.key('user-1'), 'user#user-1', 'invoice'],
  [CONTROL_ROWS.hold.key('2026-11-30T10:31:00.000Z#order-1'), 'holds', '2026-11-30T10:31:00.000Z#order-1'],
  [CONTROL_ROWS.payment.key('order-1', 'refund#1'), 'payment#order-1', 'refund#1'],
  [
    CONTROL_ROWS.openRefund.key('2026-11-30T10:31:00.000Z#order-1#1'),
    'open-refunds',
    '2026-11-30T10:31:00.000Z#order-1#1',
  ],
  [CONTROL_ROWS.paymentEvent.key('stripe', 'evt_1'), 'payment-event#stripe', 'evt_1'],
  [CONTROL_ROWS.desk.key('due', '2026-12-14#order-1'), 'desk#due', '2026-12-14#order-1'],
  [CONTROL_ROWS.invoice.key('order-1', '1'), 'order#order-1', 'invoice#1'],
  [CONTROL_ROWS.invoiceNumbers.key('', '2026'), 'counter', 'invoice#2026'],
  [CONTROL_ROWS.dueInvoice.key('order-1#shipped'), 'due-invoices', 'order-1#shipped'],
  [CONTROL_ROWS.staffRole.key('user-1'), 'staff', 'user-1'],
  [CONTROL_ROWS.erasure.key('user-1'), 'erasures', 'user-1'],
  [CONTROL_ROWS.audit.key('book:tech-001', '01m8'), 'audit#book:tech-001', '01m8'],
  [CONTROL_ROWS.auditDay.key('2025-09-05', '01m8'), 'audit-day#2025-09-05', '01m8'],
  [AUTH_ROWS.user.key('user-1'), 'user#user-1', 'auth'],
  [AUTH_ROWS.session.key('0f'), 'session#0f', 'session'],
  [AUTH_ROWS.account.key('id'), 'account#id', 'account'],
  [AUTH_ROWS.twoFactor.key('id'), 'twoFactor#id', 'twoFactor'],
  [AUTH_ROWS.passkey.key('id'), 'passkey#id', 'passkey'],
  [AUTH_ROWS.verification.key('id'), 'verification#id', 'verification'],
]

const POINTERS = [
  'session.id# unique',
  'session.userId#',
  'account.userId#',
  'account.accountId#',
  'twoFactor.userId#',
  'passkey.userId#',
  'passkey.credentialID# unique',
  'verification.identifier#',
]

test('each kind of row has exactly the key under which earlier releases stored it', () => {
  for (const [key, pk, sk] of KEYS) expect(key).toEqual({ pk, sk })
  expect(KEYS).toHaveLength(kinds.length - pointers.length)
  expect(pointers.map(({ prefix, unique }) => `${prefix}${unique ? ' unique' : ''}`)).toEqual(POINTERS)
  expect(pointers[0]?.key('0f', 'session')).toEqual({ pk: 'session.id#0f', sk: 'session' })
})

test('a row is of exactly one kind, and its id can be read from its key', () => {
  for (const [key] of KEYS) expect(kinds.filter(kind => kind.matches(key))).toHaveLength(1)
  expect(CONTROL_ROWS.bookPointer.idOf('book#tech-001')).toBe('tech-001')
  expect(CONTROL_ROWS.emailReservation.idOf('email#a#b@example.org')).toBe('a#b@example.org')
  expect(CONTROL_ROWS.postalAddress.nameOf('address#01m8')).toBe('01m8')
})

/** Kinds that release 0.2.0 does not have, and those that it has and 0.1.0 does not; its fixture renames no category. */
const ADDED_TO_0_2 = [
  CONTROL_ROWS.searchEngine,
  CONTROL_ROWS.outboxShard,
  CONTROL_ROWS.projection,
  CONTROL_ROWS.searchTerms,
  CONTROL_ROWS.writeFence,
  CONTROL_ROWS.checkout,
  CONTROL_ROWS.liveCheckout,
  CONTROL_ROWS.invoicePermission,
  CONTROL_ROWS.hold,
  CONTROL_ROWS.payment,
  CONTROL_ROWS.openRefund,
  CONTROL_ROWS.paymentEvent,
  CONTROL_ROWS.desk,
  CONTROL_ROWS.invoice,
  CONTROL_ROWS.invoiceNumbers,
  CONTROL_ROWS.dueInvoice,
]
const ADDED_TO_0_1 = [
  CONTROL_ROWS.orderNumber,
  CONTROL_ROWS.orderNumbering,
  CONTROL_ROWS.orderView,
  CONTROL_ROWS.shop,
]
const MISSING: Readonly<Record<string, readonly (typeof kinds)[number][]>> = {
  '0.1.0': [...ADDED_TO_0_2, ...ADDED_TO_0_1, CONTROL_ROWS.renamedCategory, CONTROL_ROWS.cdnPurge],
  '0.2.0': [...ADDED_TO_0_2, CONTROL_ROWS.renamedCategory, CONTROL_ROWS.cdnPurge],
}

type Row = Readonly<Record<string, unknown>>

describe.each(readdirSync(FIXTURES))('the control table of release %s', version => {
  const read = (name: string) => JSON.parse(readFileSync(join(FIXTURES, version, name), 'utf8'))
  const dump = read('items.json')
  const rows: Row[] = dump['cloudshelf-control'].map((item: Parameters<typeof unmarshall>[0]) =>
    unmarshall(item),
  )
  const kindOf = (row: Row) => kinds.filter(kind => kind.matches(row))

  test('every row is of one kind, and expires if its kind does', () => {
    expect(rows.length).toBeGreaterThan(200)
    for (const row of rows) {
      const [kind, ...others] = kindOf(row)
      expect(others, String(row.pk)).toEqual([])
      expect(row.expires_at !== undefined, String(row.pk)).toBe(kind?.ttl !== 'never')
    }
    const stored = new Set(rows.flatMap(kindOf))
    expect(kinds.filter(kind => !stored.has(kind))).toEqual(
      kinds.filter(kind => MISSING[version]?.includes(kind)),
    )
  })

  test('no row of a kind without personal data contains the id of an account or a guest, or an email', () => {
    const people = [...dump['cloudshelf-users'], ...dump['cloudshelf-carts'], ...dump['cloudshelf-orders']]
    const traces = new Set<string>(people.flatMap(one => [one.user_id.S, one.email?.S ?? one.user_id.S]))
    expect(traces.size).toBeGreaterThan(10)
    const isNamedIn = (row: Row) => [...traces].some(trace => JSON.stringify(row).includes(trace))
    const named = new Set(rows.filter(isNamedIn).flatMap(kindOf))
    expect([...named].filter(kind => !kind.personalData)).toEqual([])
    expect(named.size).toBeGreaterThan(10)
  })
})

const sources = globSync('src/**/*.ts', { cwd: ROOT })
  .filter(file => !file.endsWith('.test.ts') && !file.startsWith('src/core/control/'))
  .map(file => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }))

test('the owner of each kind exists and takes its keys from here', () => {
  for (const { owner, prefix } of kinds) {
    expect(existsSync(join(ROOT, 'src', owner)), owner).toBe(true)
    const text = readFileSync(join(ROOT, 'src', owner), 'utf8')
    expect(text, `${owner} ${prefix}`).toMatch(/core\/control\/|\/control\/(auth-)?rows\.ts/)
  }
})

test('no other file of src writes a key of the control table as a literal', () => {
  expect(sources.length).toBeGreaterThan(200)
  const prefixes = kinds
    .flatMap(({ prefix, sortPrefix }) => [prefix, sortPrefix])
    .filter(one => one.endsWith('#'))
  const literals = prefixes.flatMap(prefix => [`'${prefix}`, `\`${prefix}`, `"${prefix}`])
  const withPrefix = sources.filter(({ text }) => literals.some(literal => text.includes(literal)))
  expect(withPrefix.map(({ file }) => file)).toEqual([])
  const withKey = sources.filter(({ text }) => /\b[ps]k'?\s*(:|[!=]?={1,2})\s*['"`](?!pk = )\w/.test(text))
  expect(withKey.map(({ file }) => file)).toEqual([])
  // These two are also a folder of mails and names of commands.
  const named = sources.filter(({ text }) => /'(catalog-changes|outbox(-dead)?|erasures)'/.test(text))
  expect(named.map(({ file }) => file).sort()).toEqual([
    'src/cli/erasures.ts',
    'src/cli/outbox.ts',
    'src/composition/settings.ts',
  ])
})
