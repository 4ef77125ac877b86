import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../test/kit.ts'
import { mailFolder, readSettings } from '../composition/settings.ts'
import { createFolderTransport, sweepMailFolder } from '../notifications/transport.ts'
import { mountMailboxRoutes } from './mailbox.ts'

const EVIL = '<script>alert(1)</script>'

const createMailbox = async (env: Record<string, string> = {}) => {
  const settings = readSettings({ CLOUDSHELF_DATA_DIR: temporaryFolder(), ...env })
  const transport = createFolderTransport(mailFolder(settings.dataDir), settings.mail.from)
  await transport.send({
    id: 'order-1#order_confirmed',
    to: 'customer@example.com',
    subject: `Hello ${EVIL}`,
    html: `<h1>Thanks</h1>${EVIL}`,
    text: `Thanks ${EVIL}`,
  })
  const app = new Hono()
  mountMailboxRoutes(app, settings)
  return {
    dataDir: settings.dataDir,
    get: (path: string, host = 'localhost:3000', headers: Record<string, string> = {}) =>
      app.request(`http://${host}${path}`, { headers }),
  }
}
const MAIL = '/dev/mailbox/order-1.order_confirmed.eml'

test('the mailbox lists the emails and shows one as HTML in a frame and as text, both escaped', async () => {
  const { get } = await createMailbox()
  const list = await (await get('/dev/mailbox')).text()
  expect(list).toContain(`href="${MAIL}"`)
  expect(list).toContain('customer@example.com')
  const page = await (await get(MAIL)).text()
  expect(page).toContain(`src="${MAIL}/html"`)
  expect(page).toContain('Thanks &lt;script&gt;')
  expect(page).not.toContain(EVIL)
})

test('an email is sandboxed: it runs no scripts, loads nothing, and only the mailbox may frame it', async () => {
  const { get } = await createMailbox()
  const [page, inner] = [await get(MAIL), await get(`${MAIL}/html`)]
  expect(await inner.text()).toContain('<h1>Thanks</h1>')
  const policy = inner.headers.get('content-security-policy') ?? ''
  expect(policy).toMatch(/^sandbox /)
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("frame-ancestors 'self'")
  expect(policy).not.toMatch(/allow-scripts|allow-same-origin|script-src/)
  expect(await page.text()).toMatch(/<iframe [^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"/)
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  for (const response of [page, inner]) {
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  }
})

test('the mailbox does not exist if the shop is public or its database is on AWS', async () => {
  for (const env of [
    { PUBLIC_URL: 'https://shop.example' },
    { DYNAMODB_ENDPOINT: 'aws', AWS_REGION: 'eu-central-1' },
    { DYNAMODB_ENDPOINT: 'https://dynamodb.eu-central-1.amazonaws.com' },
    { HOST: '0.0.0.0' },
  ]) {
    const { get } = await createMailbox(env)
    for (const path of ['/dev/mailbox', MAIL, `${MAIL}/html`])
      expect([env, path, (await get(path)).status]).toEqual([env, path, 404])
  }
})

test('a request under a foreign host name does not reach the mailbox (DNS rebinding)', async () => {
  const { get } = await createMailbox()
  for (const host of ['evil.example', 'localhost.evil.example', '192.168.1.5:3000'])
    for (const path of ['/dev/mailbox', MAIL, `${MAIL}/html`])
      expect((await get(path, host)).status).toBe(404)
  for (const host of ['127.0.0.1:3000', '[::1]:3000']) expect((await get(MAIL, host)).status).toBe(200)
})

test('only .eml files inside the mail folder can be read', async () => {
  const { get, dataDir } = await createMailbox()
  writeFileSync(join(dataDir, 'secret'), 'secret')
  writeFileSync(join(dataDir, 'secret.eml'), 'secret')
  writeFileSync(join(mailFolder(dataDir), 'broken.eml'), '\u0000\u0001 not an email')
  for (const path of [
    '..%2fsecret',
    '..%2fsecret.eml',
    '../secret.eml',
    '%2e%2e%2fsecret.eml',
    'none.eml',
    '.eml',
  ])
    for (const tail of ['', '/html']) {
      const response = await get(`/dev/mailbox/${path}${tail}`)
      expect([path, response.status]).toEqual([path, 404])
    }
  expect((await get('/dev/mailbox')).status).toBe(200)
  expect((await get('/dev/mailbox/broken.eml')).status).toBe(200)
})

test('a request through a proxy does not reach the mailbox, though the proxy sends a Host header of this machine', async () => {
  const { get } = await createMailbox()
  for (const [name, value] of [
    ['x-forwarded-for', '203.0.113.7'],
    ['x-forwarded-proto', 'https'],
    ['x-forwarded-host', 'shop.example'],
    ['forwarded', 'for=203.0.113.7'],
    ['via', '1.1 proxy'],
    ['x-real-ip', '203.0.113.7'],
    ['cf-connecting-ip', '203.0.113.7'],
    ['x-trusted-proxy', 'secret'],
    ['connection', 'close'],
  ] as const)
    for (const path of ['/dev/mailbox', MAIL, `${MAIL}/html`])
      expect([name, (await get(path, 'localhost:3000', { [name]: value })).status]).toEqual([name, 404])
  const browser = { 'user-agent': 'Mozilla/5.0', 'sec-fetch-site': 'none', connection: 'keep-alive' }
  expect((await get(MAIL, 'localhost:3000', browser)).status).toBe(200)
})

test('a folder among the mails, also one with a name like a mail, is left alone', async () => {
  const { get, dataDir } = await createMailbox()
  mkdirSync(join(mailFolder(dataDir), 'archive'))
  mkdirSync(join(mailFolder(dataDir), 'archive.eml'))
  const list = await get('/dev/mailbox')
  expect(list.status).toBe(200)
  expect(await list.text()).toContain(`href="${MAIL}"`)
  expect((await get('/dev/mailbox/archive.eml')).status).toBe(404)
  const transport = createFolderTransport(mailFolder(dataDir), readSettings({}).mail.from)
  await transport.deleteMails?.('customer@example.com', ['order-1'])
  expect(await (await get('/dev/mailbox')).text()).toContain('No emails yet')
  await expect(sweepMailFolder(mailFolder(dataDir), new Date('2100-01-01'))).resolves.not.toThrow()
})
