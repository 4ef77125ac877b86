/** Guarantee 33: clients that send requests by pipelining and read no response neither fill the memory nor delay other clients. */
import { connect, type Socket } from 'node:net'
import { memoryMegabytes } from '../bench/measure.ts'
import { startConstantServer } from './constant-answer.ts'
import { createAgent, findEnginePid, sendRequest, startStockedShop } from './external-client.ts'
import type { Guarantee } from './guarantee.ts'
import { type Customer, closedLoop, p99 } from './load-generator.ts'
import { watchOtherWork } from './other-work.ts'

const REQUESTS = 1_600
const MAX_GROWTH = 1.5
/** Others share the process with the answers that are sent before a connection ends. */
const MAX_DELAY_RATIO = 10

/** Opens connections that each send all requests in one write and read nothing. */
const openSilent = (port: number, count: number, path: string): Socket[] =>
  Array.from({ length: count }, () => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.pause()
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`.repeat(REQUESTS))
    return socket
  })

const pipelining: Guarantee = {
  number: 33,
  title: 'Unread responses do not fill the memory',
  criterion: `connections that each send ${REQUESTS} requests at once and read nothing make memory grow by less than half, and the p99 of others’ requests by at most ${MAX_DELAY_RATIO} times; no request of others fails`,
  prove: async ({ quick, random }) => {
    const [connections, seconds] = quick ? [8, 1] : [64, 10]
    const shop = await startStockedShop()
    const agent = createAgent(16)
    const findOtherWork = watchOtherWork()
    const customer: Customer = random => sendRequest(agent, `${shop.url}/api/books/tech-001`, random)
    const engine = findEnginePid(shop)
    const measure = () => memoryMegabytes([shop.pid, ...(engine === undefined ? [] : [engine])]) ?? 0
    await closedLoop(customer, random, 4, seconds)
    const before = await closedLoop(customer, random, 4, seconds)
    const usual = measure()
    const port = Number(new URL(shop.url).port)
    const sockets = openSilent(port, connections, '/api/openapi.json')
    let most = 0
    const every = setInterval(() => {
      most = Math.max(most, measure())
    }, 100)
    const during = await closedLoop(customer, random, 4, seconds)
    clearInterval(every)
    for (const socket of sockets) socket.destroy()
    await agent.close()
    const failed = [...before.failures, ...during.failures]
    const naive = await startConstantServer(100_000)
    const [grown] = openSilent(naive.port, 1, '/')
    const start = memoryMegabytes([naive.pid]) ?? 0
    let naiveMost = 0
    for (let i = 0; i < 10; i++) {
      await new Promise(resolve => setTimeout(resolve, 100))
      naiveMost = Math.max(naiveMost, memoryMegabytes([naive.pid]) ?? 0)
    }
    grown?.destroy()
    await Promise.all([naive.end(), shop.end()])
    const [usualMs, duringMs] = [p99(before.good), p99(during.good)]
    const isInTime = duringMs <= MAX_DELAY_RATIO * usualMs
    const busy = isInTime ? undefined : findOtherWork()
    return {
      method: `${connections} connections with ${REQUESTS} requests for the API description each, none of them read, beside 4 clients reading a book`,
      result: `at most ${most.toFixed(0)} MB compared to ${usual.toFixed(0)}; p99 of others ${duringMs.toFixed(1)} ms compared to ${usualMs.toFixed(1)}; ${failed.length} failures ${JSON.stringify(failed)}, ${during.refused.length} refused`,
      holds:
        most < MAX_GROWTH * usual &&
        failed.length === 0 &&
        during.refused.length === 0 &&
        during.good.length > 0 &&
        (isInTime || busy !== undefined),
      ...(busy === undefined ? {} : { undecided: busy }),
      control: {
        result: `${start.toFixed(0)} to ${naiveMost.toFixed(0)} MB by one connection in a plain server without the bound`,
        failed: naiveMost > 2 * start,
      },
    }
  },
}

export const pipeliningGuarantees = [pipelining]
