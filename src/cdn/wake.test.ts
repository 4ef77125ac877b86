/** Calls that start the purger, against a stand-in of Lambda. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createServiceSigner } from '../core/aws/sign.ts'
import { GATHER_MS, SETTLE_MS } from './timing.ts'
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

const gathered = (now: number) => ({ settledAt: now + SETTLE_MS, dueAt: now + SETTLE_MS + GATHER_MS })

test('a purger that was started is there until the last change has settled, and started again for changes after that', async () => {
  const { wake, calls } = await open()
  for (const now of [0, 4_000, 8_000]) await wake(gathered(now), now)
  expect(calls()).toBe(1)
  // A sold-out book may have taken the changes along as soon as they had settled: they were due later, but the purger has ended.
  await wake(gathered(14_000), 14_000)
  expect(calls()).toBe(2)
})

test('while changes come without end, purgers follow one another before their time is over', async () => {
  const { wake, calls } = await open()
  const MINUTES_10 = 600_000
  for (let now = 0; now < MINUTES_10; now += 2_000) await wake(gathered(now), now)
  expect(calls()).toBe(4)
})

test('a Lambda that does not respond is waited for only for seconds', async () => {
  const { wake, calls } = await open(false)
  const start = performance.now()
  await expect(wake(gathered(0), 0)).rejects.toThrow()
  expect(performance.now() - start).toBeLessThan(5_000)
  expect(calls()).toBeGreaterThan(0)
})
