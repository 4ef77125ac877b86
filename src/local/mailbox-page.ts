/** HTML of the development mailbox: the list of emails, and next to it the selected one as HTML and as plain text. */
import { html, raw } from 'hono/html'
import type { Email } from 'postal-mime'
import type { MailboxEntry } from './mailbox.ts'

const STYLE = `
:root { color-scheme: light dark; --page:#f4efe8; --card:#fffdf9; --ink:#2b2623; --soft:#75695f; --rule:#e6ddd2; --accent:#8a3b12; --selected:#f7ead9 }
@media (prefers-color-scheme: dark) {
  :root { --page:#1c1816; --card:#27221f; --ink:#f0e9e1; --soft:#b9aca0; --rule:#3d3530; --accent:#e0976a; --selected:#3a2f27 } }
* { box-sizing: border-box }
body { margin: 0; display: grid; grid-template: auto 1fr / minmax(15rem, 22rem) 1fr; height: 100vh; background: var(--page); color: var(--ink); font: 15px/1.45 system-ui, sans-serif }
header { grid-column: 1 / -1; padding: .9rem 1.25rem; border-bottom: 1px solid var(--rule); font: italic 1.2rem Georgia, serif }
header small { margin-left: .6rem; color: var(--soft); font: .85rem system-ui, sans-serif }
nav { overflow: auto; border-right: 1px solid var(--rule) }
nav a { display: block; padding: .7rem 1.25rem; border-bottom: 1px solid var(--rule); color: inherit; text-decoration: none }
nav a:hover, nav a[aria-current] { background: var(--selected) }
nav a:focus-visible { outline: 2px solid var(--accent); outline-offset: -2px }
nav b { display: block; overflow: hidden; font-weight: 600; white-space: nowrap; text-overflow: ellipsis }
nav span { display: flex; justify-content: space-between; gap: 1rem; color: var(--soft); font-size: .82rem }
main { display: flex; flex-direction: column; gap: 1rem; padding: 1.25rem; overflow: auto }
h1 { margin: 0; font: 1.35rem/1.25 Georgia, serif; overflow-wrap: anywhere }
dl { display: grid; grid-template-columns: auto 1fr; gap: .15rem .9rem; margin: 0; color: var(--soft); font-size: .88rem }
dd { margin: 0; color: var(--ink); overflow-wrap: anywhere }
.versions { flex: 1; display: grid; grid-template-columns: repeat(auto-fit, minmax(22rem, 1fr)); gap: 1rem; min-height: 26rem }
iframe, pre { width: 100%; height: 100%; margin: 0; border: 1px solid var(--rule); border-radius: .6rem; background: var(--card) }
pre { padding: 1rem; overflow: auto; font: .78rem/1.5 ui-monospace, monospace; white-space: pre }
.empty { margin: auto; color: var(--soft) }
@media (max-width: 45rem) { body { display: block; height: auto } nav { max-height: 14rem; border-right: 0 } .versions { grid-template-columns: 1fr } iframe { height: 30rem } }`

const formatDate = (date: Date): string =>
  date.toLocaleString('en-US', { dateStyle: 'medium', timeStyle: 'short' })

const listItem = ({ file, subject, to, date }: MailboxEntry, selected: string | undefined) => html`
<a href="/dev/mailbox/${file}"${file === selected ? raw(' aria-current="page"') : ''}><b>${subject}</b><span><span>${to}</span><time datetime="${date.toISOString()}">${formatDate(date)}</time></span></a>`

const formatRecipients = (list: Email['to']): string => list?.map(({ address }) => address).join(', ') ?? ''

const emailDetails = ({ file, mail }: { readonly file: string; readonly mail: Email }) => html`
<h1>${mail.subject ?? ''}</h1>
<dl>
<dt>From</dt><dd>${[mail.from?.name, mail.from?.address].filter(Boolean).join(' · ')}</dd>
<dt>To</dt><dd>${formatRecipients(mail.to)}</dd>
<dt>Message-ID</dt><dd>${mail.messageId ?? ''}</dd>
</dl>
<div class="versions">
<iframe title="HTML version" sandbox="allow-popups allow-popups-to-escape-sandbox" src="/dev/mailbox/${file}/html"></iframe>
<pre>${mail.text ?? ''}</pre>
</div>`

/** Renders the page with the list and, if an email is `open`, its details. */
export const renderMailbox = async (
  entries: readonly MailboxEntry[],
  open: { readonly file: string; readonly mail: Email } | undefined,
): Promise<string> =>
  String(
    await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${open?.mail.subject ?? 'Mailbox'} · CloudShelf</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<header>Mailbox <small>Emails this shop has sent, visible only on this computer</small></header>
<nav aria-label="Emails">${entries.map(entry => listItem(entry, open?.file))}</nav>
<main>${
      open
        ? emailDetails(open)
        : html`<p class="empty">${entries.length > 0 ? 'Select an email.' : 'No emails yet. Place an order to get one.'}</p>`
    }</main>
</body>
</html>
`,
  )
