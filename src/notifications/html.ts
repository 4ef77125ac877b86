/** HTML form of a mail, in the colors of the shop (web/app/styles/colors.css), as mail programs render it: layout by tables, inline styles, dark mode, nothing loaded from a server. */
import { html, raw } from 'hono/html'
import { letterhead, type ShopProfile } from '../core/shop-profile.ts'
import { type Block, type MailContent, oneLine } from './mail-content.ts'

const SERIF = "Georgia,'Times New Roman',serif"
const SANS = "-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"

/** Mail programs without dark mode use the inline styles; in the others these rules override them. */
const STYLE = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
a { color: #7a2e1d; }
@media (prefers-color-scheme: dark) {
  .page { background: #191613 !important; }
  .card { background: #24201b !important; border-color: #383129 !important; }
  .ink { color: #efe8dc !important; }
  .soft { color: #b5a998 !important; }
  .rule { border-color: #383129 !important; }
  .button { background: #eba98f !important; color: #2a120b !important; }
  a { color: #eba98f; }
}`

const cellStyle = (side: 'left' | 'right', strong: boolean | undefined): string =>
  `padding:8px 0;text-align:${side};vertical-align:top;border-top:1px solid #e0d8c9;color:#211c17;${
    strong ? 'font-weight:700;' : ''
  }${side === 'right' ? 'white-space:nowrap;padding-left:16px;' : ''}`

const blockHtml = (block: Block) => {
  switch (block.kind) {
    case 'paragraph':
      return html`<p class="ink" style="margin:0 0 20px;color:#211c17">${oneLine(block.text)}</p>`
    case 'amounts':
      return html`<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 24px;border-collapse:collapse">${block.rows.map(
        ({ label, amount, strong }) => html`
<tr><td class="ink rule" style="${cellStyle('left', strong)}">${oneLine(label)}</td><td class="ink rule" style="${cellStyle('right', strong)}">${oneLine(amount)}</td></tr>`,
      )}
</table>`
    case 'list':
      return html`<p class="soft" style="margin:0 0 4px;color:#675d52;font-size:14px">${oneLine(block.heading)}</p>
<p class="ink" style="margin:0 0 24px;color:#211c17">${block.lines.map((line, i) => html`${i > 0 ? raw('<br>') : ''}${oneLine(line)}`)}</p>`
    case 'link':
      return html`<p style="margin:0 0 24px"><a class="button" href="${block.url}" target="_blank" rel="noreferrer" style="display:inline-block;padding:12px 20px;border-radius:6px;background:#7a2e1d;color:#ffffff;font-weight:600;text-decoration:none">${oneLine(block.label)}</a></p>`
  }
}

/** The shop whose mail it is, with the URL of its home page. */
type MailedShop = ShopProfile & { readonly publicUrl: string }

/** Lines at the end of a mail: business, postal address, email and phone, as far as they are set. */
const footerLines = (shop: ShopProfile): string[] =>
  [...letterhead(shop), shop.email, shop.phone].filter(line => line !== undefined)

/** Values are escaped by `html`, and texts that customers or books supply are reduced to a single line before. */
export const mailHtml = async (
  { subject, heading, blocks }: MailContent,
  shop: MailedShop,
): Promise<string> =>
  String(
    await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${oneLine(subject)}</title>
<style>${raw(STYLE)}</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f3eee3">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" style="background:#f3eee3"><tr><td align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px">
<tr><td class="ink" style="padding:0 4px 16px;font:26px/1.2 ${SERIF};letter-spacing:-0.01em;color:#211c17"><a class="ink" href="${shop.publicUrl}" style="color:#211c17;text-decoration:none">${oneLine(shop.name)}</a></td></tr>
<tr><td class="card" style="padding:32px 28px 12px;background:#ffffff;border:1px solid #e0d8c9;border-radius:10px;font:16px/1.5 ${SANS}">
<h1 class="ink" style="margin:0 0 20px;font:26px/1.25 ${SERIF};color:#211c17">${oneLine(heading)}</h1>
${blocks.map(blockHtml)}
</td></tr>
<tr><td class="soft" style="padding:20px 4px 0;font:13px/1.5 ${SANS};color:#675d52">${footerLines(shop).map((line, i) => html`${i > 0 ? raw('<br>') : ''}${oneLine(line)}`)}</td></tr>
</table>
</td></tr></table>
</body>
</html>
`,
  )
