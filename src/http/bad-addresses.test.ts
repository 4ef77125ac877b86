/** Bad ids, queries and headers to every endpoint: refused with a declared code, nothing written, never a 5xx. */
import { expect, test } from 'vitest'
import { addressOf, endpointOf, expectRefusal, unchangedTarget } from '../../test/bad-input.ts'
import { endpoints } from '../endpoints.ts'

const target = unchangedTarget()

const QUERIES =
  `limit=0 limit=-1 limit=51 limit=1e1 limit=1.0 limit= limit=x limit=999999999999 limit=5&limit=5 limit[]=5
  limit=%00 limit=% limit sort=up sort= sort=__proto__ in_stock=1 in_stock=TRUE min_price=-1 min_price=1e3 min_price=1.999
  min_price=NaN min_price=%E0%A4%A max_price=1,5 max_price= author= author=a%00b author=%0a category= category=%20
  cursor= cursor=x q=a&q=b q[$ne]=1 Q=a unknown=1 __proto__=1 constructor=1 user_id=x date=x a = =1 %=1
  price_cents=1 offset=1 callback=x`
    .split(/\s+/)
    .concat(`author=${'x'.repeat(301)}`, `category=${'x'.repeat(61)}`, `cursor=${'A'.repeat(2_000)}`)
    .concat(`q=${'x'.repeat(201)}`, `${'a'.repeat(3_000)}=1`, `limit=1${'&x=1'.repeat(2_000)}`)

test.each(endpoints)(
  '$id: a query that it does not know, or that is no value, is refused',
  async endpoint => {
    const { send, bodies } = target()
    // A search must be asked for something: without it every query would be refused for that alone.
    const asked = ['searchBooks', 'suggestBooks'].includes(endpoint.id) ? 'q=clean&' : ''
    for (const query of QUERIES) {
      const answer = await send(
        endpoint,
        `${addressOf(target(), endpoint)}?${asked}${query}`,
        bodies[endpoint.id],
      )
      expectRefusal(endpoint, answer, query.slice(0, 60))
    }
  },
)

const IDS =
  `%00 a%00b % %E0%A4%A %ff %C0%AF ..%2f..%2fetc %2e%2e%2f %252e %20 %09 %0a %0d%0aSet-Cookie:a=b %EF%BB%BFtech-001
  😀 %F0%9F%98%80 %E2%80%AE a%E2%80%AEb %D9%A1 __proto__ constructor toString hasOwnProperty -1 0 1e308 null undefined NaN :v
  %23 a%23b book%23tech-001 order-2025-09-05-001 order-0000-00-00-x %7B%22S%22%3A%22x%22%7D %22 ' %3Cscript%3E %5B%5D * ~
  9780132350885 978-0-13-235088 TECH-001 tech-001%20 search suggest`
    .split(/\s+/)
    .concat('x'.repeat(51), 'x'.repeat(2_000), '%F0%9F%98%80'.repeat(40))

test.each(endpoints.filter(({ path }) => path.includes('{')))(
  '$id: an id that is none, or names nothing, is refused',
  async endpoint => {
    const { send, bodies } = target()
    const body = bodies[endpoint.id] ?? (endpoint.body === 'image' ? new Uint8Array(9) : undefined)
    for (const id of IDS) {
      const path = endpoint.path.replace(/\{\w+\}/, id)
      // The words of fixed addresses name those.
      if (endpoints.some(one => one.path === path && one.method === endpoint.method)) continue
      const answer = await send(endpoint, path, body)
      // A category of any name has its page, which may be empty.
      if (endpoint.id === 'categoryBooks' && answer.status === 200) expect(answer.body.items).toEqual([])
      else expectRefusal(endpoint, answer, id.slice(0, 60))
    }
  },
)

const long = 'x'.repeat(9_000)
const HEADERS: Record<string, string>[] = [
  { cookie: long, 'sec-fetch-site': 'same-origin' },
  { cookie: 'cloudshelf_guest=a; cloudshelf_guest=b' },
  { cookie: ';;;===;;' },
  { authorization: long },
  { authorization: 'Bearer a, Bearer b' },
  { 'if-none-match': long },
  { 'if-match': long },
  { 'content-length': '5' },
  { 'x-http-method-override': 'DELETE' },
  { 'x-forwarded-for': '1.2.3.4', 'x-forwarded-host': 'evil.example', host: 'evil.example' },
  { accept: 'text/html' },
  { range: 'bytes=0-1' },
]

test.each(endpoints.filter(({ method }) => method === 'GET'))(
  '$id: headers of all kinds are taken for what they are, or refused',
  async endpoint => {
    for (const headers of HEADERS) {
      const { status } = await target()
        .shop.visitor()
        .call('GET', addressOf(target(), endpoint), undefined, headers)
      expect(status, JSON.stringify(headers).slice(0, 60)).toBeLessThan(500)
    }
  },
)

test('a key that is none is refused', async () => {
  const { send, bodies } = target()
  const placeOrder = endpointOf('placeOrder')
  for (const key of ['', ' ', 'a b', 'a\tb', 'x'.repeat(256), 'a, b', '\u00e9']) {
    const answer = await send(placeOrder, '/api/orders', bodies.placeOrder, { 'idempotency-key': key })
    expectRefusal(placeOrder, answer, key)
  }
})
