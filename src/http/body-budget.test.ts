/** Bodies in flight: the budget of the process, and the time limit of one body. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createBodyBudget } from './body-budget.ts'

const busy = expect.objectContaining({ code: 'store_busy' })

/** A request that announces `bytes` and delivers them at `deliver`; without a length, in chunks at `send`. */
const aRequest = (bytes: number, isAnnounced = true) => {
  let controller!: ReadableStreamDefaultController<Uint8Array>
  const body = new ReadableStream<Uint8Array>({
    start(one) {
      controller = one
    },
  })
  const headers = isAnnounced ? { 'content-length': String(bytes) } : {}
  const request = new Request('http://localhost/', {
    method: 'POST',
    headers,
    body,
    duplex: 'half',
  } as RequestInit)
  const send = (size: number) => controller.enqueue(new Uint8Array(size))
  const deliver = () => {
    if (bytes > 0) send(bytes)
    controller.close()
  }
  return { request, send, deliver }
}

test('announced bytes count at once, until the request has released them', async () => {
  const budget = createBodyBudget(100)
  const [first, second] = [budget.hold(), budget.hold()]
  const large = aRequest(80)
  const received = first.receive(large.request, 1000)
  expect(budget.used()).toBe(80)
  await expect(second.receive(aRequest(30).request, 1000)).rejects.toEqual(busy)
  large.deliver()
  expect(await received).toHaveLength(80)
  // It is still in memory: its request is being worked on.
  await expect(second.receive(aRequest(30).request, 1000)).rejects.toEqual(busy)
  first.release()
  expect(budget.used()).toBe(0)
  const next = aRequest(30)
  const after = second.receive(next.request, 1000)
  next.deliver()
  expect(await after).toHaveLength(30)
  second.release()
  expect(budget.used()).toBe(0)
})

test('a body without a length counts chunk by chunk, and ends where the budget does', async () => {
  const budget = createBodyBudget(100)
  const hold = budget.hold()
  const { request, send } = aRequest(0, false)
  const received = hold.receive(request, 1000)
  send(60)
  await expect.poll(budget.used).toBe(60)
  send(60)
  await expect(received).rejects.toEqual(busy)
  hold.release()
  expect(budget.used()).toBe(0)
})

test('a body that is too large leaves nothing in the budget', async () => {
  const budget = createBodyBudget(100)
  const hold = budget.hold()
  await expect(hold.receive(aRequest(51).request, 50)).rejects.toMatchObject({ code: 'body_too_large' })
  const { request, send } = aRequest(0, false)
  const received = hold.receive(request, 50)
  send(30)
  send(30)
  await expect(received).rejects.toMatchObject({ code: 'body_too_large' })
  hold.release()
  expect(budget.used()).toBe(0)
})

test('a body that is not received within its time is refused, and gives its place back', async () => {
  const budget = createBodyBudget(100, () => 20)
  const hold = budget.hold()
  await expect(hold.receive(aRequest(90).request, 1000)).rejects.toMatchObject({ code: 'body_too_slow' })
  hold.release()
  expect(budget.used()).toBe(0)
})

test('the time limit of a body is that of what it may have', async () => {
  const limits: number[] = []
  const hold = createBodyBudget(100, maxBytes => limits.push(maxBytes) * 0).hold()
  await hold.receive(aRequest(1).request, 1000).catch(() => {})
  await hold.receive(aRequest(1).request, 5000).catch(() => {})
  expect(limits).toEqual([1000, 5000])
})

test('bodies that never come close the shop to nobody: the largest slow ones make room', async () => {
  const budget = createBodyBudget(100)
  const slow = [20, 50, 25].map(bytes => budget.hold().receive(aRequest(bytes).request, 1000))
  const ended = Promise.allSettled(slow)
  await expect(budget.hold().receive(aRequest(30).request, 1000)).rejects.toEqual(busy)
  await sleep(1_010)
  const honest = aRequest(30)
  const received = budget.hold().receive(honest.request, 1000)
  await expect(slow[1]).rejects.toEqual(busy)
  expect(budget.used()).toBe(20 + 25 + 30)
  honest.deliver()
  expect(await received).toHaveLength(30)
  // The others go on.
  expect(await Promise.race([ended, sleep(10, 'still receiving')])).toBe('still receiving')
})
