import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import PostalMime from 'postal-mime'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../test/kit.ts'
import { readSettings, SettingsError } from '../deps.ts'
import type { Mail } from './schema.ts'
import { folderTransport, smtpTransport } from './transport.ts'

const FROM = { name: 'CloudShelf', address: 'orders@shop.example' }
const mail = (changes: Partial<Mail> = {}): Mail => ({
  id: 'order-1#order_confirmed',
  to: 'customer@example.com',
  subject: 'Order confirmed: order-1',
  html: '<p>Grüße</p>',
  text: 'Grüße',
  ...changes,
})

/** A mail server that keeps what it is told; `refuse` is what it answers to a recipient. */
const smtpServer = async (refuse?: string) => {
  const commands: string[] = []
  const messages: string[] = []
  const server = createServer(socket => {
    let data: string | undefined
    let rest = ''
    socket.write('220 test\r\n')
    socket.on('error', () => {})
    socket.on('data', chunk => {
      rest += chunk.toString('latin1')
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end)
        rest = rest.slice(end + 2)
        if (data !== undefined) {
          if (line !== '.') data += `${line}\r\n`
          else {
            messages.push(data)
            data = undefined
            socket.write('250 taken\r\n')
          }
          continue
        }
        commands.push(line)
        if (line === 'DATA') data = ''
        if (line.startsWith('RCPT') && refuse) socket.write(`${refuse}\r\n`)
        else socket.write(line === 'DATA' ? '354 go on\r\n' : line === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n')
      }
    })
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => new Promise<void>(done => server.close(() => done())))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return { url: `smtp://127.0.0.1:${port}`, port, commands, messages }
}

test('a mail goes out by SMTP with both forms and an id that is the same on each try', async () => {
  const server = await smtpServer()
  const transport = smtpTransport(server.url, FROM)
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

test('a refusal of the mail server, and a server that is not there, are errors', async () => {
  const server = await smtpServer('550 no such user')
  await expect(smtpTransport(server.url, FROM).send(mail())).rejects.toThrow('550 no such user')
  expect(server.messages).toEqual([])
  await expect(smtpTransport('smtp://127.0.0.1:9', FROM).send(mail())).rejects.toThrow('ECONNREFUSED')
})

test('line breaks in what a mail carries make no headers and no commands', async () => {
  const server = await smtpServer()
  const evil = 'x\r\nBcc: everyone@example.com\r\nRCPT TO:<everyone@example.com>\r\n\r\nbody'
  const transport = smtpTransport(server.url, { name: evil, address: 'orders@shop.example' })
  await transport.send(mail({ subject: evil, id: `order-1${evil}` }))
  const [message] = server.messages
  const parsed = await PostalMime.parse(message ?? '')
  expect(parsed.headers.map(({ key }) => key)).not.toContain('bcc')
  expect(parsed.headers.map(({ key }) => key)).not.toContain('rcpt to')
  expect(parsed.text?.trim()).toBe('Grüße')
  expect(server.commands.filter(line => line.startsWith('RCPT'))).toEqual(['RCPT TO:<customer@example.com>'])
})

test('without a mail server a mail is a file for its owner alone, once, however often it is sent', async () => {
  const folder = join(temporaryFolder(), 'outbox')
  const transport = folderTransport(folder, FROM)
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

test('the sender is the shop at its own host unless MAIL_FROM says otherwise', () => {
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

test('SMTP_URL is an address of a mail server, and a wrong one is not repeated in the message', () => {
  expect(readSettings({ SMTP_URL: 'smtps://user:secret@mail.example' }).mail.smtpUrl).toContain(
    'mail.example',
  )
  const wrong = () => readSettings({ SMTP_URL: 'https://user:secret@mail.example' })
  expect(wrong).toThrow(SettingsError)
  expect(wrong).not.toThrow('secret')
})
