/**
 * Development mailbox at /dev/mailbox: the emails that a local shop has written to its mail folder. Emails contain sign-in and
 * confirmation links, so it exists only if the shop, its database and the browser are all on this machine.
 */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context, Hono } from 'hono'
import type { Email } from 'postal-mime'
import { mailFolder, type Settings } from '../composition/settings.ts'
import { renderMailbox } from './mailbox-page.ts'

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[?::1\]?)$/
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

const parseEmail = async (path: string): Promise<Email> => {
  const { default: PostalMime } = await import('postal-mime')
  return PostalMime.parse(await readFile(path))
}

/** The newest emails with their subject and recipient, newest first. */
const listEmails = async (folder: string): Promise<MailboxEntry[]> => {
  const names = await readdir(folder).catch(() => [])
  const files = await Promise.all(
    names
      .filter(name => FILE.test(name))
      .map(async file => ({ file, date: (await stat(join(folder, file))).mtime })),
  )
  const newest = files.sort((a, b) => b.date.getTime() - a.date.getTime()).slice(0, MAX_LISTED)
  return Promise.all(
    newest.map(async ({ file, date }) => {
      const { subject = '', to } = await parseEmail(join(folder, file))
      return { file, date, subject, to: to?.[0]?.address ?? '' }
    }),
  )
}

/** Mounts the routes of the mailbox if it is enabled. */
export const mountMailboxRoutes = (app: Hono, settings: Settings): void => {
  if (!isMailboxEnabled(settings)) return
  const folder = mailFolder(settings.dataDir)
  const openEmail = async (file: string): Promise<Email | undefined> =>
    FILE.test(file) ? parseEmail(join(folder, file)).catch(() => undefined) : undefined
  // DNS rebinding: a site can point a domain of its own to 127.0.0.1, but the Host header then names that domain.
  const isLocal = (c: Context): boolean => LOOPBACK.test(new URL(c.req.url).hostname)

  app.get('/dev/mailbox/:file?', async (c, next) => {
    if (!isLocal(c)) return next()
    const file = c.req.param('file')
    const mail = file === undefined ? undefined : await openEmail(file)
    if (file !== undefined && !mail) return next()
    const page = await renderMailbox(await listEmails(folder), mail && file ? { file, mail } : undefined)
    return c.html(page, 200, securityHeaders(PAGE_CSP))
  })
  app.get('/dev/mailbox/:file/html', async (c, next) => {
    const mail = isLocal(c) ? await openEmail(c.req.param('file')) : undefined
    if (!mail) return next()
    return c.html(mail.html ?? '', 200, securityHeaders(EMAIL_CSP))
  })
}
