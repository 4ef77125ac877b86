import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { nonceToHashes, securityHeaders } from './headers.ts'

const MARK = 'abc123'

test('scripts with the nonce are allowed by their hash, and the nonce is removed', () => {
  const page = `<link href="/a.css" nonce="${MARK}"/><script nonce="${MARK}">one()</script><script type="module" nonce="${MARK}" async="">two()</script>`
  const { html, scripts } = nonceToHashes(page, MARK)
  expect(html).not.toContain(MARK)
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  expect(scripts.split(' ')).toEqual([hash('one()'), hash('two()')])
})

test('a script without the nonce is not allowed', () => {
  const { scripts } = nonceToHashes('<script>evil()</script><script nonce="other">evil()</script>', MARK)
  expect(scripts).toBe('')
})

test('a shop on https sends HSTS', () => {
  const [plain, secure] = [new Headers(), new Headers()]
  securityHeaders(plain, '', false)
  securityHeaders(secure, '', true)
  expect(plain.has('strict-transport-security')).toBe(false)
  expect(secure.get('strict-transport-security')).toBe('max-age=31536000')
})

test('forms lead to the shop itself, and to the origins that are named', () => {
  const formAction = (targets?: readonly string[]) => {
    const headers = new Headers()
    securityHeaders(headers, '', true, targets)
    return headers.get('content-security-policy')?.match(/form-action [^;]+/)?.[0]
  }
  expect(formAction()).toBe("form-action 'self'")
  expect(formAction(['https://checkout.stripe.com'])).toBe("form-action 'self' https://checkout.stripe.com")
})
