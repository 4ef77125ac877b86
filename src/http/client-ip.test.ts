import { expect, test } from 'vitest'
import { clientNetwork, isTrustedProxy, proxySecretToSend, readCaller } from './client-ip.ts'

test.each([
  ['203.0.113.9', '203.0.113.9'],
  [' 203.0.113.9 ', '203.0.113.9'],
  ['::ffff:203.0.113.9', '203.0.113.9'],
  ['::ffff:cb00:7109', '203.0.113.9'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:0DB8:0001:0002::', '2001:db8:1:2::/64'],
  ['2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
  ['2001:db8:1:3::1', '2001:db8:1:3::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::', '0:0:0:0::/64'],
  ['1::', '1:0:0:0::/64'],
  ['', 'unknown'],
  [undefined, 'unknown'],
  ['203.0.113.9:80', 'unknown'],
  ['300.0.0.1', 'unknown'],
  ['localhost', 'unknown'],
  ['2001:db8::g', 'unknown'],
  ["' OR 1=1", 'unknown'],
])('%s is counted as network %s', (address, network) => {
  expect(clientNetwork(address)).toBe(network)
})

const SECRET = 's'.repeat(43)
const peer = () => '198.51.100.1'
const networkFor = (headers: Record<string, string>, secret: string | undefined = SECRET): string =>
  readCaller(new Headers(headers), peer, secret).clientNetwork()

test('forwarding headers count only with the secret of the shop’s own proxy', () => {
  const claims = {
    'x-forwarded-for': '203.0.113.9',
    'cloudfront-viewer-address': '203.0.113.9:4711',
    'x-real-ip': '203.0.113.9',
    forwarded: 'for=203.0.113.9',
  }
  expect(networkFor(claims)).toBe('198.51.100.1')
  for (const proof of ['', 'x', `${SECRET}x`, 'undefined'])
    expect(networkFor({ ...claims, 'x-trusted-proxy': proof }), proof).toBe('198.51.100.1')
  for (const proof of ['', 'undefined', SECRET])
    expect(
      readCaller(new Headers({ ...claims, 'x-trusted-proxy': proof }), peer, undefined).clientNetwork(),
    ).toBe('198.51.100.1')
  expect(networkFor({ ...claims, 'x-trusted-proxy': SECRET })).toBe('203.0.113.9')
})

test('of a chain of forwarded addresses the last one counts, which the proxy itself has appended', () => {
  const proof = { 'x-trusted-proxy': SECRET }
  expect(networkFor({ ...proof, 'x-forwarded-for': '1.1.1.1, 2.2.2.2, 203.0.113.9' })).toBe('203.0.113.9')
  expect(networkFor({ ...proof, 'x-forwarded-for': '2001:db8:1:2::7' })).toBe('2001:db8:1:2::/64')
  expect(networkFor({ ...proof, 'cloudfront-viewer-address': '2001:db8:1:2:3:4:5:6:46532' })).toBe(
    '2001:db8:1:2::/64',
  )
  expect(networkFor({ ...proof, 'cloudfront-viewer-address': '[2001:db8:1:2::7]:46532' })).toBe(
    '2001:db8:1:2::/64',
  )
  expect(networkFor(proof)).toBe('unknown')
})

test('during a rotation both secrets are accepted, the first is sent, and the pair itself is not a secret', () => {
  const next = 'another secret that is long enough too'
  const both = `${SECRET},${next}`
  const believed = (proof: string) => isTrustedProxy(new Headers({ 'x-trusted-proxy': proof }), both)
  expect([SECRET, next].map(believed)).toEqual([true, true])
  expect(['', both, `${SECRET},`, ','].map(believed)).toEqual([false, false, false, false])
  expect(proxySecretToSend(both)).toBe(SECRET)
  expect(proxySecretToSend(`${next},${SECRET},${next}`)).toBe(next)
  for (const proof of [SECRET, next])
    expect(isTrustedProxy(new Headers({ 'x-trusted-proxy': proof }), `${next},${SECRET},${next}`)).toBe(true)
  expect(proxySecretToSend(SECRET)).toBe(SECRET)
  // A comma alone makes no two secrets of one.
  expect(proxySecretToSend(`${SECRET},x`)).toBe(`${SECRET},x`)
})
