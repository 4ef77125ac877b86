/** Calls that start the purger, against a stand-in of Lambda. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createServiceSigner } from '../core/aws/sign.ts'
import { createWaker } from './wake.ts'

const credentials = async () => ({ accessKeyId: 'example', secretAccessKey: 'example' })

const open = async (respond = true) => {
  let calls = 0
  const server = createServer((_, response) => {
    calls++
    if (respond) response.writeHead(202).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const sign = createServiceSigner('lambda', 'eu-central-1', credentials)
  return { wake: createWaker(`http://127.0.0.1:${port}`, sign, 'CdnPurger:live'), calls: () => calls }
}

test('a purger that was started is there until its change has settled, and started again for changes after that', async () => {
  const { wake, calls } = await open()
  await wake(6_000, 0)
  await wake(11_000, 5_000)
  expect(calls()).toBe(1)
  // A sold-out book has taken the first change along as soon as both had settled: the purger may have ended.
  await wake(12_001, 6_001)
  expect(calls()).toBe(2)
})

test('a Lambda that does not respond is waited for only for seconds', async () => {
  const { wake, calls } = await open(false)
  const start = performance.now()
  await expect(wake(6_000, 0)).rejects.toThrow()
  expect(performance.now() - start).toBeLessThan(5_000)
  expect(calls()).toBeGreaterThan(0)
})
