/** The headers that guard a page, and the one by which its own scripts are told from all others. */
import { createHash } from 'node:crypto'

/** CDNs may keep a public page for a minute; browsers ask again each time. */
export const PUBLIC = 'public, max-age=0, s-maxage=60'
export const IMMUTABLE = 'public, max-age=31536000, immutable'

const policy = (scripts: string): string =>
  [
    // Prefetching is under this one.
    "default-src 'self'",
    `script-src 'self' ${scripts}`.trimEnd(),
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "frame-src 'none'",
    "worker-src 'none'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

/** Sets what every page answers with. `scripts` are the sources of its inline scripts. */
export const securityHeaders = (headers: Headers, scripts: string, https: boolean): void => {
  headers.set('content-security-policy', policy(scripts))
  headers.set('x-content-type-options', 'nosniff')
  headers.set('referrer-policy', 'same-origin')
  headers.set('cross-origin-opener-policy', 'same-origin')
  headers.set('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=()')
  if (https) headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains')
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64')

/**
 * A page that may be kept has no nonce: the scripts that carry `nonce` are ours, so each is named by its hash instead,
 * and the nonce goes. A script that somebody smuggled into the page carries none, and is not named.
 */
export const nonceToHashes = (
  html: string,
  nonce: string,
): { readonly html: string; readonly scripts: string } => {
  const mark = ` nonce="${nonce}"`
  const ours = new RegExp(`<script(?=[^>]*${mark})[^>]*>([\\s\\S]*?)</script>`, 'g')
  const hashes = [...html.matchAll(ours)].map(([, text = '']) => `'sha256-${sha256(text)}'`)
  return { html: html.replaceAll(mark, ''), scripts: [...new Set(hashes)].join(' ') }
}
