/** Mail transports: SMTP, Amazon SES, and a folder of files that any mail program opens. */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Signer } from '../core/aws/sign.ts'
import type { Mail } from './schema.ts'

export type Transport = {
  /** Resolves when the mail server has accepted the mail. May be called again with the same mail. */
  send(mail: Mail, signal?: AbortSignal): Promise<void>
  /**
   * Deletes stored mails of a person: those sent to this email address or mentioning it, and those about the accounts and
   * orders of these ids, with which the ids of their mails begin. Mails that a server has accepted cannot be deleted.
   */
  deleteMails?(email: string, about: readonly string[]): Promise<void>
}

/** Sender of the shop's mails. */
export type Sender = { readonly name: string; readonly address: string }

const TIMEOUT_MS = 15_000

/** No content of a mail may make nodemailer read a file or a URL. */
const NO_EXTERNAL_CONTENT = { disableFileAccess: true, disableUrlAccess: true }

/** The message for nodemailer. Its Message-ID is made of the mail's id and the sender's host: the same on each try. */
const toMessage = (
  { id, to, subject, html, text, attachments = [] }: Mail,
  from: Sender,
  signal: AbortSignal | undefined,
) => ({
  from,
  to: { name: '', address: to },
  subject,
  html,
  text,
  attachments: attachments.map(({ name, mediaType, bytes }) => ({
    filename: name,
    contentType: mediaType,
    content: Buffer.from(bytes),
  })),
  messageId: `<${id}@${from.address.slice(from.address.lastIndexOf('@') + 1)}>`,
  headers: { 'X-Entity-Ref-ID': id, 'Auto-Submitted': 'auto-generated' },
  ...(signal ? { signal } : {}),
})

/** Sends mail by the SMTP server of `url` (smtp:// or smtps://, with user and password where required). */
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
      await createTransport({ url, ...limits, ...NO_EXTERNAL_CONTENT }).sendMail(
        toMessage(mail, from, signal),
      )
    },
  }
}

type SesMessage = {
  readonly FromEmailAddress: string
  readonly Destination: { readonly ToAddresses: readonly string[] }
  readonly Content: { readonly Raw: { readonly Data: Uint8Array } }
}

/** Command that nodemailer's SES transport passes to the client, in place of the AWS SDK's. */
class SendEmailCommand {
  readonly message: SesMessage

  constructor(message: SesMessage) {
    this.message = message
  }
}

const SES_PATH = '/v2/email/outbound-emails'

/**
 * Sends mail by Amazon SES at `endpoint`: nodemailer builds the message, and SendEmail (API version 2) is signed by `sign`.
 * A single call does not need the AWS SDK. Bounces and complaints are counted by `configurationSet`, if there is one.
 */
export const createSesTransport = (
  endpoint: string,
  sign: Signer & { forget?(): void },
  from: Sender,
  configurationSet?: string,
): Transport => {
  const { host } = new URL(endpoint)
  const post = async ({ message }: SendEmailCommand, signal?: AbortSignal) => {
    const { Data } = message.Content.Raw
    const raw = {
      ...message,
      Content: { Raw: { Data: Buffer.from(Data).toString('base64') } },
      ...(configurationSet ? { ConfigurationSetName: configurationSet } : {}),
    }
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
      const options = { SES: { sesClient, SendEmailCommand }, ...NO_EXTERNAL_CONTENT }
      await createTransport(options).sendMail(toMessage(mail, from, signal))
    },
  }
}

/** File name of a mail, from its id: a mail that is sent twice is one file. */
export const mailFile = (id: string): string => `${id.replaceAll(/[^A-Za-z0-9_-]/g, '.')}.eml`

/** Writes mails as files into `folder`, which is created with the first one. */
export const createFolderTransport = (folder: string, from: Sender): Transport => ({
  send: async mail => {
    const { createTransport } = await import('nodemailer')
    const composer = createTransport({
      streamTransport: true,
      buffer: true,
      newline: 'unix',
      ...NO_EXTERNAL_CONTENT,
    })
    const { message } = await composer.sendMail(toMessage(mail, from, undefined))
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
  deleteMails: async (email, about) => {
    const starts = about.map(id => mailFile(`${id}#`).slice(0, -'.eml'.length))
    for (const path of await mailsIn(folder))
      if (starts.some(start => basename(path).startsWith(start)) || (await isAbout(path, email)))
        await rm(path, { force: true })
  },
})

/** Retention of mails in the folder of a local shop. */
const RETENTION_MS = 30 * 86_400_000

/** Paths of the mails in a folder; what else lies there, such as a folder with a name like a mail's, is left alone. */
export const mailsIn = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.filter(one => one.isFile() && one.name.endsWith('.eml')).map(one => join(folder, one.name))
}

/** Whether the mail in this file is sent to the email address, or mentions it. */
const isAbout = async (path: string, address: string): Promise<boolean> => {
  const bytes = await readFile(path).catch(() => undefined)
  if (!bytes) return false
  const { default: PostalMime } = await import('postal-mime')
  const { to = [], text = '' } = await PostalMime.parse(bytes)
  return to.some(one => one.address?.toLowerCase() === address) || text.includes(address)
}

/** Deletes mails that are older than 30 days from the folder. */
export const sweepMailFolder = async (folder: string, now: Date): Promise<void> => {
  for (const path of await mailsIn(folder)) {
    const { mtimeMs } = await stat(path)
    if (now.getTime() - mtimeMs > RETENTION_MS) await rm(path, { force: true })
  }
}
