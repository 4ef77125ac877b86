import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createListener } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { PoolLimits, PoolRequest } from './http-pool.ts'
import { createPool as nodePool } from './node-pool.ts'
import { createPool as undiciPool } from './undici-pool.ts'

const pools = [
  { name: 'undici’s', openPool: undiciPool },
  { name: 'Node’s', openPool: nodePool },
]
const LIMITS: PoolLimits = { connections: 4, connectTimeout: 1_000 }
const REQUEST: PoolRequest = { method: 'POST', path: '/a?b=c', headers: { 'x-sent': 'yes' }, body: 'words' }

const serving = async (answer: RequestListener) => {
  const server = createServer(answer)
  let connections = 0
  server.on('connection', () => connections++)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, connections: () => connections }
}

test.each(pools)(
  'the $name pool returns status and body, over connections that it keeps open',
  async ({ openPool }) => {
    const { origin, connections } = await serving(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      const { method, url, headers } = request
      response.writeHead(418).write(`${method} ${url} ${headers['x-sent']} `)
      response.end(Buffer.concat(chunks))
    })
    const pool = openPool(origin, LIMITS)
    for (let i = 0; i < 3; i++) {
      const { status, body } = await pool.send(REQUEST)
      expect([status, body.toString()]).toEqual([418, 'POST /a?b=c yes words'])
    }
    expect((await pool.send({ ...REQUEST, method: 'GET', body: null })).body.toString()).toBe(
      'GET /a?b=c yes ',
    )
    // One more where the next question comes before the connection is known to be free.
    expect(connections()).toBeLessThan(4)
    await Promise.all(Array.from({ length: 20 }, () => pool.send(REQUEST)))
    expect(connections()).toBeLessThanOrEqual(LIMITS.connections)
    await pool.destroy()
  },
)

test.each(pools)(
  'the $name pool rejects a truncated response, a late one, and a refused connection, each with a code',
  async ({ openPool }) => {
    const { origin } = await serving((request, response) => {
      if (request.url === '/cut')
        response.writeHead(200, { 'content-length': 9 }).write('half', () => request.socket.destroy())
      if (request.url === '/half') response.writeHead(200).write('half')
      if (request.url === '/gone') request.socket.destroy()
    })
    const pool = openPool(origin, LIMITS)
    const short = { ...REQUEST, headersTimeout: 50, bodyTimeout: 50 }
    for (const path of ['/cut', '/gone']) await expect(pool.send({ ...REQUEST, path })).rejects.toThrow()
    for (const path of ['/silent', '/half'])
      await expect(pool.send({ ...short, path })).rejects.toThrow(
        expect.objectContaining({ code: expect.stringMatching(/TIMEOUT/) }),
      )
    await pool.destroy()

    const closed = createListener().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const { port } = closed.address() as AddressInfo
    closed.close()
    await once(closed, 'close')
    const none = openPool(`http://127.0.0.1:${port}`, LIMITS)
    await expect(none.send(REQUEST)).rejects.toThrow(expect.objectContaining({ code: 'ECONNREFUSED' }))
    await none.destroy()
  },
)

test('after a freeze a function opens new connections', async () => {
  const { origin, connections } = await serving((_, response) => response.end())
  const pool = nodePool(origin, LIMITS)
  for (const seconds of [0, 1, 10, 11]) {
    vi.spyOn(Date, 'now').mockReturnValue(1_800_000_000_000 + seconds * 1_000)
    await pool.send(REQUEST)
    // A connection is reused once its response has been read completely.
    await new Promise(resolve => setImmediate(resolve))
  }
  vi.restoreAllMocks()
  expect(connections()).toBe(2)
  await pool.destroy()
})
