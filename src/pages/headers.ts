/** Security headers of pages, and the content security policy that allows only the page's own scripts. */
import { createHash } from 'node:crypto'

export const IMMUTABLE = 'public, max-age=31536000, immutable'
/** A picture or file that is not there may be uploaded at any time. */
export const MISSING = 'public, max-age=10'

const policy = (scripts: string, formTargets: readonly string[]): string =>
  [
    // Also covers prefetching.
    "default-src 'self'",
    `script-src 'self' ${scripts}`.trimEnd(),
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "frame-src 'none'",
    "worker-src 'none'",
    ["form-action 'self'", ...formTargets].join(' '),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

/**
 * Sets the headers of every page. `scripts` are the CSP sources of its inline scripts, `formTargets` the origins to which its forms
 * may be redirected, besides the shop's own.
 */
export const securityHeaders = (
  headers: Headers,
  scripts: string,
  https: boolean,
  formTargets: readonly string[] = [],
): void => {
  headers.set('content-security-policy', policy(scripts, formTargets))
  headers.set('x-content-type-options', 'nosniff')
  headers.set('referrer-policy', 'same-origin')
  headers.set('cross-origin-opener-policy', 'same-origin')
  headers.set('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=()')
  // Of the shop's own host alone: what else the domain has may not be served over HTTPS.
  if (https) headers.set('strict-transport-security', 'max-age=31536000')
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64')

/**
 * A cached page has no nonce: scripts that carry `nonce` are the page's own, so each is allowed by its hash instead and the nonce
 * is removed. An injected script carries no nonce and is not allowed.
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
