import { expect, test } from 'vitest'
import { findEngineAddress, PORTS_CLOSED_TO_PAGES } from './engine-address.ts'
import { StartError } from './start-error.ts'

test('Each address is another one, and never 127.0.0.1', async () => {
  const found = await Promise.all(Array.from({ length: 50 }, () => findEngineAddress()))
  expect(new Set(found.map(({ host }) => host)).size).toBe(50)
  for (const { host, port } of found) {
    expect(host).toMatch(/^127(\.\d{1,3}){3}$/)
    expect(host).not.toBe('127.0.0.1')
    expect(PORTS_CLOSED_TO_PAGES).toContain(port)
  }
})

test('Every port is one that the Fetch standard refuses, so that browsers do', async () => {
  for (const port of PORTS_CLOSED_TO_PAGES)
    expect(await fetch(`http://127.0.0.1:${port}`).catch(error => error.cause.message)).toBe('bad port')
})

test('A system without other loopback addresses gets 127.0.0.1, on a free one of these ports', async () => {
  const free = 6566
  const attempt = async ({ host, port }: { host: string; port: number }) =>
    host !== '127.0.0.1' ? 'EADDRNOTAVAIL' : port === free ? undefined : 'EADDRINUSE'
  expect(await findEngineAddress(attempt)).toEqual({ host: '127.0.0.1', port: free })
})

test('Without a free port it is a StartError that names them', async () => {
  const taken = findEngineAddress(async () => 'EADDRINUSE')
  await expect(taken).rejects.toThrow(StartError)
  await expect(taken).rejects.toThrow(/among 1719, .*10080: stop a program/)
})
