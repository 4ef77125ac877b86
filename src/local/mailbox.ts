/**
 * /dev/mailbox: the mails of a shop on this machine, read from its outbox folder. Its mails hold links that open things,
 * so it is there only where the shop, its store and whoever asks are all on this machine.
 */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Context, Hono } from 'hono'
import type { Email } from 'postal-mime'
import { mailFolder, type Settings } from '../composition/settings.ts'
import { mailboxPage, shownHtml } from './mailbox-page.ts'

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[?::1\]?)$/
const FILE = /^[A-Za-z0-9_.-]{1,200}\.eml$/
const NEWEST = 200

const PAGE_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
/** A mail may show itself and open its links in a new tab; it runs nothing and asks nobody for anything. */
const MAIL_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"

const headers = (policy: string) => ({
  'content-security-policy': policy,
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

/** Whether this shop has a mailbox to show: everything about it is on this machine. */
export const mayShowMailbox = ({ endpoint, host, publicUrl }: Settings): boolean =>
  (endpoint === undefined || !new URL(endpoint).hostname.endsWith('.amazonaws.com')) &&
  LOOPBACK.test(host) &&
  LOOPBACK.test(new URL(publicUrl).hostname)

const parse = async (path: string): Promise<Email> => {
  const { default: PostalMime } = await import('postal-mime')
  return PostalMime.parse(await readFile(path))
}

/** The newest mails, with what their headers say. */
const list = async (folder: string): Promise<MailboxEntry[]> => {
  const names = await readdir(folder).catch(() => [])
  const files = await Promise.all(
    names
      .filter(name => FILE.test(name))
      .map(async file => ({ file, date: (await stat(join(folder, file))).mtime })),
  )
  const newest = files.sort((a, b) => b.date.getTime() - a.date.getTime()).slice(0, NEWEST)
  return Promise.all(
    newest.map(async ({ file, date }) => {
      const { subject = '', to } = await parse(join(folder, file))
      return { file, date, subject, to: to?.[0]?.address ?? '' }
    }),
  )
}

/** Mounts the mailbox, where there may be one. */
export const mailboxRoutes = (app: Hono, settings: Settings): void => {
  if (!mayShowMailbox(settings)) return
  const folder = mailFolder(settings.dataDir)
  const open = async (file: string): Promise<Email | undefined> =>
    FILE.test(file) ? parse(join(folder, file)).catch(() => undefined) : undefined
  // A page of another site, led here under a name of its own, is not on this machine.
  const isLocal = (c: Context): boolean => LOOPBACK.test(new URL(c.req.url).hostname)

  app.get('/dev/mailbox/:file?', async (c, next) => {
    if (!isLocal(c)) return next()
    const file = c.req.param('file')
    const mail = file === undefined ? undefined : await open(file)
    if (file !== undefined && !mail) return next()
    const page = await mailboxPage(await list(folder), mail && file ? { file, mail } : undefined)
    return c.html(page, 200, headers(PAGE_POLICY))
  })
  app.get('/dev/mailbox/:file/html', async (c, next) => {
    const mail = isLocal(c) ? await open(c.req.param('file')) : undefined
    if (!mail) return next()
    return c.html(shownHtml(mail), 200, headers(MAIL_POLICY))
  })
}
