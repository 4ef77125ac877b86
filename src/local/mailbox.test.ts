import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../test/kit.ts'
import { mailFolder, readSettings } from '../composition/settings.ts'
import { createFolderTransport } from '../notifications/transport.ts'
import { mailboxRoutes } from './mailbox.ts'

const EVIL = '<script>alert(1)</script>'

const mailbox = async (env: Record<string, string> = {}) => {
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
  mailboxRoutes(app, settings)
  return {
    dataDir: settings.dataDir,
    get: (path: string, host = 'localhost:3000') => app.request(`http://${host}${path}`),
  }
}
const MAIL = '/dev/mailbox/order-1.order_confirmed.eml'

test('the mailbox lists the mails and shows one as HTML in a frame and as text, both escaped', async () => {
  const { get } = await mailbox()
  const list = await (await get('/dev/mailbox')).text()
  expect(list).toContain(`href="${MAIL}"`)
  expect(list).toContain('customer@example.com')
  const page = await (await get(MAIL)).text()
  expect(page).toContain(`src="${MAIL}/html"`)
  expect(page).toContain('Thanks &lt;script&gt;')
  expect(page).not.toContain(EVIL)
})

test('the mail itself is fenced: it runs nothing, fetches nothing, and only the mailbox may frame it', async () => {
  const { get } = await mailbox()
  const [page, inner] = [await get(MAIL), await get(`${MAIL}/html`)]
  expect(await inner.text()).toContain('<h1>Thanks</h1>')
  const policy = inner.headers.get('content-security-policy') ?? ''
  expect(policy).toMatch(/^sandbox /)
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("frame-ancestors 'self'")
  expect(policy).not.toMatch(/allow-scripts|allow-same-origin|script-src/)
  expect(await page.text()).toMatch(/<iframe [^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"/)
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  for (const answer of [page, inner]) {
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  }
})

test('there is no mailbox where the shop is public or its store is on AWS', async () => {
  for (const env of [
    { PUBLIC_URL: 'https://shop.example' },
    { DYNAMODB_ENDPOINT: 'aws' },
    { DYNAMODB_ENDPOINT: 'https://dynamodb.eu-central-1.amazonaws.com' },
    { HOST: '0.0.0.0' },
  ]) {
    const { get } = await mailbox(env)
    for (const path of ['/dev/mailbox', MAIL, `${MAIL}/html`])
      expect([env, path, (await get(path)).status]).toEqual([env, path, 404])
  }
})

test('whoever asks under a foreign name finds no mailbox', async () => {
  const { get } = await mailbox()
  for (const host of ['evil.example', 'localhost.evil.example', '192.168.1.5:3000'])
    for (const path of ['/dev/mailbox', MAIL, `${MAIL}/html`])
      expect((await get(path, host)).status).toBe(404)
  for (const host of ['127.0.0.1:3000', '[::1]:3000']) expect((await get(MAIL, host)).status).toBe(200)
})

test('only mails are read from the folder, and nothing outside it', async () => {
  const { get, dataDir } = await mailbox()
  writeFileSync(join(dataDir, 'secret'), 'secret')
  writeFileSync(join(dataDir, 'secret.eml'), 'secret')
  writeFileSync(join(mailFolder(dataDir), 'broken.eml'), '\u0000\u0001 no mail at all')
  for (const path of [
    '..%2fsecret',
    '..%2fsecret.eml',
    '../secret.eml',
    '%2e%2e%2fsecret.eml',
    'none.eml',
    '.eml',
  ])
    for (const tail of ['', '/html']) {
      const answer = await get(`/dev/mailbox/${path}${tail}`)
      expect([path, answer.status]).toEqual([path, 404])
    }
  expect((await get('/dev/mailbox')).status).toBe(200)
  expect((await get('/dev/mailbox/broken.eml')).status).toBe(200)
})
