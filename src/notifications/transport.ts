/** How a mail leaves the shop: by SMTP, by Amazon SES, or into a folder as a file that any mail program opens. */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Signer } from '../core/aws/sign.ts'
import type { Mail } from './schema.ts'

export type Transport = {
  /** Resolves when the mail is out of our hands. May be called again with the same mail. */
  send(mail: Mail, signal?: AbortSignal): Promise<void>
  /**
   * Removes mails that lie here still: to this address, or of these accounts and orders, whose ids begin those of mails.
   * Mails that were sent are out of our hands.
   */
  forget?(address: string, about: readonly string[]): Promise<void>
}

/** Who the shop's mails are from. */
export type Sender = { readonly name: string; readonly address: string }

const TIMEOUT_MS = 15_000

/** Nothing that a mail holds may make us read a file or ask another server. */
const CLOSED = { disableFileAccess: true, disableUrlAccess: true }

/** The host of the sender's address makes the Message-ID the shop's own; the mail's id makes it the same on each try. */
const messageOf = ({ id, to, subject, html, text }: Mail, from: Sender, signal: AbortSignal | undefined) => ({
  from,
  to: { name: '', address: to },
  subject,
  html,
  text,
  messageId: `<${id}@${from.address.slice(from.address.lastIndexOf('@') + 1)}>`,
  headers: { 'X-Entity-Ref-ID': id, 'Auto-Submitted': 'auto-generated' },
  ...(signal ? { signal } : {}),
})

/** Mail by the server of `url` (smtp:// or smtps://, with user and password where it wants them). */
export const createSmtpTransport = (url: string, from: Sender): Transport => {
  const limits = {
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    dnsTimeout: TIMEOUT_MS,
  }
  return {
    send: async (mail, signal) => {
      const { createTransport } = await import('nodemailer')
      await createTransport({ url, ...limits, ...CLOSED }).sendMail(messageOf(mail, from, signal))
    },
  }
}

type SesMessage = {
  readonly FromEmailAddress: string
  readonly Destination: { readonly ToAddresses: readonly string[] }
  readonly Content: { readonly Raw: { readonly Data: Uint8Array } }
}

/** What the transport of nodemailer hands over, in place of a command of the AWS SDK. */
class SendEmailCommand {
  readonly message: SesMessage

  constructor(message: SesMessage) {
    this.message = message
  }
}

const SES_PATH = '/v2/email/outbound-emails'

/**
 * Mail by Amazon SES at `endpoint`, its SendEmail of version 2 of the API signed by `sign`: nodemailer makes the message, and
 * the AWS SDK is not needed for one call.
 */
export const createSesTransport = (
  endpoint: string,
  sign: Signer & { forget?(): void },
  from: Sender,
): Transport => {
  const { host } = new URL(endpoint)
  const post = async ({ message }: SendEmailCommand, signal?: AbortSignal) => {
    const { Data } = message.Content.Raw
    const raw = { ...message, Content: { Raw: { Data: Buffer.from(Data).toString('base64') } } }
    const body = JSON.stringify(raw)
    const headers = await sign(host, { 'content-type': 'application/json' }, body, SES_PATH)
    const timeout = AbortSignal.timeout(TIMEOUT_MS)
    const answer = await fetch(`${endpoint}${SES_PATH}`, {
      method: 'POST',
      headers,
      body,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
    const text = await answer.text()
    if (answer.status === 401 || answer.status === 403) sign.forget?.()
    if (!answer.ok) throw new Error(`SES answers ${answer.status}: ${text.slice(0, 300)}`)
    return JSON.parse(text) as { readonly MessageId: string }
  }
  return {
    send: async (mail, signal) => {
      const { createTransport } = await import('nodemailer')
      const sesClient = { send: (command: SendEmailCommand) => post(command, signal) }
      const options = { SES: { sesClient, SendEmailCommand }, ...CLOSED }
      await createTransport(options).sendMail(messageOf(mail, from, signal))
    },
  }
}

/** The file of a mail: named by its id, so that one sent twice is there once. */
export const mailFile = (id: string): string => `${id.replaceAll(/[^A-Za-z0-9_-]/g, '.')}.eml`

/** Mail as files in `folder`, which is made when the first is sent. */
export const createFolderTransport = (folder: string, from: Sender): Transport => ({
  send: async mail => {
    const { createTransport } = await import('nodemailer')
    const composer = createTransport({ streamTransport: true, buffer: true, newline: 'unix', ...CLOSED })
    const { message } = await composer.sendMail(messageOf(mail, from, undefined))
    const path = join(folder, mailFile(mail.id))
    const partial = `${path}.${crypto.randomUUID()}.partial`
    const write = () => writeFile(partial, message as Buffer, { mode: 0o600 })
    await write().catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await write()
    })
    await rename(partial, path)
  },
  forget: async (address, about) => {
    const starts = about.map(id => mailFile(`${id}#`).slice(0, -'.eml'.length))
    for (const path of await mailsIn(folder))
      if (starts.some(start => basename(path).startsWith(start)) || (await isTo(path, address)))
        await rm(path, { force: true })
  },
})

/** How long a mail of a local shop is kept. */
const KEPT_MS = 30 * 86_400_000

const mailsIn = async (folder: string): Promise<string[]> => {
  const names = await readdir(folder).catch(() => [])
  return names.filter(name => name.endsWith('.eml')).map(name => join(folder, name))
}

/** Whether the mail in this file goes to the address, or speaks of it. */
const isTo = async (path: string, address: string): Promise<boolean> => {
  const bytes = await readFile(path).catch(() => undefined)
  if (!bytes) return false
  const { default: PostalMime } = await import('postal-mime')
  const { to = [], text = '' } = await PostalMime.parse(bytes)
  return to.some(one => one.address?.toLowerCase() === address) || text.includes(address)
}

/** Removes the mails that have lain in the folder for 30 days. */
export const sweepMailFolder = async (folder: string, now: Date): Promise<void> => {
  for (const path of await mailsIn(folder)) {
    const { mtimeMs } = await stat(path)
    if (now.getTime() - mtimeMs > KEPT_MS) await rm(path, { force: true })
  }
}
