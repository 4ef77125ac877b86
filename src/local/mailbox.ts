/**
 * Development mailbox at /dev/mailbox: the emails that a local shop has written to its mail folder. Emails contain sign-in and
 * confirmation links, so it exists only if the shop, its database and the browser are all on this machine.
 */
import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Hono } from 'hono'
import type { Email } from 'postal-mime'
import { mailFolder, type Settings } from '../composition/settings.ts'
import { mailsIn } from '../notifications/transport.ts'
import { renderMailbox } from './mailbox-page.ts'
import { cameThroughProxy } from './proxy-headers.ts'

/** Names and addresses of this machine, as they stand in a URL or in HOST. */
export const LOOPBACK = /^(localhost|127(\.\d+){3}|\[?::1\]?)$/
const FILE = /^[A-Za-z0-9_.-]{1,200}\.eml$/
const MAX_LISTED = 200

const PAGE_CSP =
  "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
/** An email may open its links in a new tab; it cannot run scripts or load anything. */
const EMAIL_CSP =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

const securityHeaders = (csp: string) => ({
  'content-security-policy': csp,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
})

export type MailboxEntry = {
  readonly file: string
  readonly subject: string
  readonly to: string
  readonly date: Date
}

/** Whether the mailbox exists: the shop is reachable from this machine only, and its database is not on AWS. */
export const isMailboxEnabled = ({ endpoint, host, publicUrl }: Settings): boolean =>
  (endpoint === undefined || !new URL(endpoint).hostname.endsWith('.amazonaws.com')) &&
  LOOPBACK.test(host) &&
  LOOPBACK.test(new URL(publicUrl).hostname)

/**
 * Whether a request is of a browser on this machine. DNS rebinding: a site can point a domain of its own to 127.0.0.1, but the Host
 * header then names that domain. A proxy on this machine may send a Host of its own; nginx without settings closes the connection
 * too, which no browser does.
 */
export const isLocalRequest = ({ url, headers }: Request): boolean =>
  LOOPBACK.test(new URL(url).hostname) &&
  !cameThroughProxy(headers.keys()) &&
  headers.get('connection') !== 'close'

const parseEmail = async (path: string): Promise<Email> => {
  const { default: PostalMime } = await import('postal-mime')
  return PostalMime.parse(await readFile(path))
}

/** The newest emails with their subject and recipient, newest first. A file that is deleted meanwhile is left out. */
const listEmails = async (folder: string): Promise<MailboxEntry[]> => {
  const paths = (await mailsIn(folder)).filter(path => FILE.test(basename(path)))
  const files = await Promise.all(
    paths.map(async path => ({
      path,
      date: (await stat(path).catch(() => undefined))?.mtime ?? new Date(0),
    })),
  )
  const newest = files.sort((a, b) => b.date.getTime() - a.date.getTime()).slice(0, MAX_LISTED)
  const entries = newest.map(async ({ path, date }): Promise<MailboxEntry[]> => {
    const email = await parseEmail(path).catch(() => undefined)
    if (!email) return []
    return [{ file: basename(path), date, subject: email.subject ?? '', to: email.to?.[0]?.address ?? '' }]
  })
  return (await Promise.all(entries)).flat()
}

/** Mounts the routes of the mailbox if it is enabled. */
export const mountMailboxRoutes = (app: Hono, settings: Settings): void => {
  if (!isMailboxEnabled(settings)) return
  const folder = mailFolder(settings.dataDir)
  const openEmail = async (file: string): Promise<Email | undefined> =>
    FILE.test(file) ? parseEmail(join(folder, file)).catch(() => undefined) : undefined
  app.get('/dev/mailbox/:file?', async (c, next) => {
    if (!isLocalRequest(c.req.raw)) return next()
    const file = c.req.param('file')
    const mail = file === undefined ? undefined : await openEmail(file)
    if (file !== undefined && !mail) return next()
    const page = await renderMailbox(await listEmails(folder), mail && file ? { file, mail } : undefined)
    return c.html(page, 200, securityHeaders(PAGE_CSP))
  })
  app.get('/dev/mailbox/:file/html', async (c, next) => {
    const mail = isLocalRequest(c.req.raw) ? await openEmail(c.req.param('file')) : undefined
    if (!mail) return next()
    return c.html(mail.html ?? '', 200, securityHeaders(EMAIL_CSP))
  })
}

/** How mails are delivered, for the log of the start: without the password in SMTP_URL. */
export const describeMailTransport = (settings: Settings, url: string): string => {
  const { smtpUrl, sesRegion } = settings.mail
  if (sesRegion !== undefined) return `sent by Amazon SES in ${sesRegion}`
  if (smtpUrl !== undefined) return `sent by SMTP through ${new URL(smtpUrl).host}`
  return isMailboxEnabled(settings)
    ? `read sent mail at ${url}/dev/mailbox`
    : `saved to ${mailFolder(settings.dataDir)}`
}
