import { createHash, createHmac } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { join } from 'node:path'
import PostalMime from 'postal-mime'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../test/kit.ts'
import { startSmtpServer } from '../../test/smtp-server.ts'
import { readSettings, SettingsError } from '../composition/settings.ts'
import { createServiceSigner } from '../core/aws/sign.ts'
import type { Mail } from './schema.ts'
import { createFolderTransport, createSesTransport, createSmtpTransport } from './transport.ts'

const FROM = { name: 'CloudShelf', address: 'orders@shop.example' }
const mail = (changes: Partial<Mail> = {}): Mail => ({
  id: 'order-1#order_confirmed',
  to: 'customer@example.com',
  subject: 'Order confirmed: order-1',
  html: '<p>Grüße</p>',
  text: 'Grüße',
  ...changes,
})

test('SMTP sends a mail as HTML and text, with the same Message-ID on each try', async () => {
  const server = await startSmtpServer()
  const transport = createSmtpTransport(server.url, FROM)
  await transport.send(mail())
  await transport.send(mail())
  expect(server.commands.filter(line => /^(MAIL|RCPT)/.test(line)).slice(0, 2)).toEqual([
    'MAIL FROM:<orders@shop.example>',
    'RCPT TO:<customer@example.com>',
  ])
  const [first, second] = await Promise.all(server.messages.map(text => PostalMime.parse(text)))
  expect(first).toMatchObject({
    messageId: '<order-1#order_confirmed@shop.example>',
    subject: 'Order confirmed: order-1',
    from: { name: 'CloudShelf', address: 'orders@shop.example' },
  })
  expect(first?.text?.trim()).toBe('Grüße')
  expect(first?.html).toContain('<p>Grüße</p>')
  expect(second?.messageId).toBe(first?.messageId)
})

test('a refusal of the mail server, and a server that cannot be reached, are errors', async () => {
  const server = await startSmtpServer({ refuse: '550 no such user' })
  await expect(createSmtpTransport(server.url, FROM).send(mail())).rejects.toThrow('550 no such user')
  expect(server.messages).toEqual([])
  await expect(createSmtpTransport('smtp://127.0.0.1:9', FROM).send(mail())).rejects.toThrow('ECONNREFUSED')
})

test('line breaks in a mail’s fields cannot inject headers or commands', async () => {
  const server = await startSmtpServer()
  const evil = 'x\r\nBcc: everyone@example.com\r\nRCPT TO:<everyone@example.com>\r\n\r\nbody'
  const transport = createSmtpTransport(server.url, { name: evil, address: 'orders@shop.example' })
  await transport.send(mail({ subject: evil, id: `order-1${evil}` }))
  const [message] = server.messages
  const parsed = await PostalMime.parse(message ?? '')
  expect(parsed.headers.map(({ key }) => key)).not.toContain('bcc')
  expect(parsed.headers.map(({ key }) => key)).not.toContain('rcpt to')
  expect(parsed.text?.trim()).toBe('Grüße')
  expect(server.commands.filter(line => line.startsWith('RCPT'))).toEqual(['RCPT TO:<customer@example.com>'])
})

test('without a mail server a mail is one file that only its owner can read, however often it is sent', async () => {
  const folder = join(temporaryFolder(), 'outbox')
  const transport = createFolderTransport(folder, FROM)
  await transport.send(mail())
  await transport.send(mail())
  await transport.send(mail({ id: '../../escape#x' }))
  expect(readdirSync(folder).sort()).toEqual(['......escape.x.eml', 'order-1.order_confirmed.eml'])
  const path = join(folder, 'order-1.order_confirmed.eml')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const parsed = await PostalMime.parse(readFileSync(path))
  expect(parsed).toMatchObject({
    messageId: '<order-1#order_confirmed@shop.example>',
    to: [{ address: 'customer@example.com' }],
  })
})

test('the default sender is the shop at its own host', () => {
  const from = (env: Record<string, string>) => readSettings(env).mail.from
  expect(from({})).toEqual({ name: 'CloudShelf', address: 'orders@localhost' })
  expect(from({ PUBLIC_URL: 'https://books.example' }).address).toBe('orders@books.example')
  expect(from({ PUBLIC_URL: 'http://127.0.0.1:3000' }).address).toBe('orders@localhost')
  expect(from({ MAIL_FROM: 'The Shop <hello@books.example>' })).toEqual({
    name: 'The Shop',
    address: 'hello@books.example',
  })
  expect(from({ MAIL_FROM: 'hello@books.example' })).toEqual({ name: '', address: 'hello@books.example' })
  for (const wrong of ['nobody', 'a@b\r\nBcc: c@d', 'A <a@b', 'A <a@b> <c@d>'])
    expect(() => from({ MAIL_FROM: wrong })).toThrow(SettingsError)
})

test('SMTP_URL must be the URL of a mail server, and an error does not reveal it', () => {
  expect(readSettings({ SMTP_URL: 'smtps://user:secret@mail.example' }).mail.smtpUrl).toContain(
    'mail.example',
  )
  const wrong = () => readSettings({ SMTP_URL: 'https://user:secret@mail.example' })
  expect(wrong).toThrow(SettingsError)
  expect(wrong).not.toThrow('secret')
})

type SesCall = { readonly url: string; readonly headers: Record<string, string>; readonly body: string }

/** Fake of SES, which records requests and responds with this status. */
const startSesServer = async (status = 200) => {
  const calls: SesCall[] = []
  const server = createHttpServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    )
    calls.push({ url: request.url ?? '', headers, body: Buffer.concat(chunks).toString() })
    response
      .writeHead(status)
      .end(JSON.stringify(status === 200 ? { MessageId: 'ses-1' } : { message: 'no' }))
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const address = server.address()
  return { endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, calls }
}

const SES_KEY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'session' }

/** The signature that AWS expects, calculated as its documentation describes (Signature Version 4). */
const expectedSignature = ({ url, headers, body }: SesCall): string => {
  const sha = (text: string) => createHash('sha256').update(text).digest('hex')
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
  const names = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? []
  const canonical = [
    'POST',
    url,
    '',
    ...names.map(name => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    sha(body),
  ].join('\n')
  const date = headers['x-amz-date'] ?? ''
  const scope = `${date.slice(0, 8)}/eu-central-1/ses/aws4_request`
  const key = ['eu-central-1', 'ses', 'aws4_request'].reduce<Buffer>(
    (above, part) => hmac(above, part),
    hmac('AWS4secret', date.slice(0, 8)),
  )
  return hmac(key, `AWS4-HMAC-SHA256\n${date}\n${scope}\n${sha(canonical)}`).toString('hex')
}

test('SES gets a mail as a signed request with HTML and text, and the same Message-ID on each try', async () => {
  const server = await startSesServer()
  const sign = createServiceSigner('ses', 'eu-central-1', async () => SES_KEY)
  const transport = createSesTransport(server.endpoint, sign, FROM, 'shop')
  for (let i = 0; i < 2; i++) await transport.send(mail())
  const [call] = server.calls
  if (!call) throw new Error('nothing was sent')
  expect(call.url).toBe('/v2/email/outbound-emails')
  expect(call.headers.authorization).toContain(`Signature=${expectedSignature(call)}`)
  expect(call.headers['x-amz-security-token']).toBe('session')
  const ids = new Set<string | undefined>()
  for (const { body } of server.calls) {
    const { FromEmailAddress, Destination, Content, ConfigurationSetName } = JSON.parse(body)
    expect(ConfigurationSetName).toBe('shop')
    expect(FromEmailAddress).toContain('orders@shop.example')
    expect(Destination).toEqual({ ToAddresses: ['customer@example.com'] })
    const parsed = await PostalMime.parse(Buffer.from(Content.Raw.Data, 'base64'))
    expect(parsed).toMatchObject({ subject: 'Order confirmed: order-1', text: 'Grüße\n' })
    expect(parsed.html).toContain('Grüße')
    ids.add(parsed.messageId)
  }
  expect([...ids]).toEqual(['<order-1#order_confirmed@shop.example>'])
})

test('a refusal of SES is an error, and refused credentials are fetched again', async () => {
  const server = await startSesServer(403)
  let asked = 0
  const sign = createServiceSigner('ses', 'eu-central-1', async () => {
    asked++
    return SES_KEY
  })
  const transport = createSesTransport(server.endpoint, sign, FROM)
  for (let i = 0; i < 2; i++) await expect(transport.send(mail())).rejects.toThrow('SES answers 403')
  expect(asked).toBe(2)
  const gone = createSesTransport('http://127.0.0.1:9', sign, FROM)
  await expect(gone.send(mail())).rejects.toThrow()
})

test('SMTP and SES cannot both be configured', () => {
  expect(readSettings({ SES_REGION: 'eu-central-1' }).mail.sesRegion).toBe('eu-central-1')
  expect(() => readSettings({ SES_REGION: 'Frankfurt' })).toThrow(/SES_REGION must be an AWS Region/)
  expect(() => readSettings({ SES_REGION: 'eu-central-1', SMTP_URL: 'smtp://mail.example' })).toThrow(
    SettingsError,
  )
})
