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
const ASK: PoolRequest = { method: 'POST', path: '/a?b=c', headers: { 'x-asked': 'yes' }, body: 'words' }

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
  '$name pool brings status and body of what is asked, over connections that it keeps',
  async ({ openPool }) => {
    const { origin, connections } = await serving(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      const { method, url, headers } = request
      response.writeHead(418).write(`${method} ${url} ${headers['x-asked']} `)
      response.end(Buffer.concat(chunks))
    })
    const pool = openPool(origin, LIMITS)
    for (let i = 0; i < 3; i++) {
      const { status, body } = await pool.send(ASK)
      expect([status, body.toString()]).toEqual([418, 'POST /a?b=c yes words'])
    }
    expect((await pool.send({ ...ASK, method: 'GET', body: null })).body.toString()).toBe('GET /a?b=c yes ')
    // One more where the next question comes before the connection is known to be free.
    expect(connections()).toBeLessThan(4)
    await Promise.all(Array.from({ length: 20 }, () => pool.send(ASK)))
    expect(connections()).toBeLessThanOrEqual(LIMITS.connections)
    await pool.destroy()
  },
)

test.each(pools)(
  '$name pool says what was cut off, what came too late, and that nobody listens',
  async ({ openPool }) => {
    const { origin } = await serving((request, response) => {
      if (request.url === '/cut')
        response.writeHead(200, { 'content-length': 9 }).write('half', () => request.socket.destroy())
      if (request.url === '/half') response.writeHead(200).write('half')
      if (request.url === '/gone') request.socket.destroy()
    })
    const pool = openPool(origin, LIMITS)
    const short = { ...ASK, headersTimeout: 50, bodyTimeout: 50 }
    for (const path of ['/cut', '/gone']) await expect(pool.send({ ...ASK, path })).rejects.toThrow()
    for (const path of ['/silent', '/half'])
      await expect(pool.send({ ...short, path })).rejects.toThrow(
        expect.objectContaining({ code: expect.stringMatching(/TIMEOUT/) }),
      )
    await pool.destroy()

    const nobody = createListener().listen(0, '127.0.0.1')
    await once(nobody, 'listening')
    const { port } = nobody.address() as AddressInfo
    nobody.close()
    await once(nobody, 'close')
    const none = openPool(`http://127.0.0.1:${port}`, LIMITS)
    await expect(none.send(ASK)).rejects.toThrow(expect.objectContaining({ code: 'ECONNREFUSED' }))
    await none.destroy()
  },
)

test('a function that was frozen does not trust the connections that it had', async () => {
  const { origin, connections } = await serving((_, response) => response.end())
  const pool = nodePool(origin, LIMITS)
  for (const seconds of [0, 1, 10, 11]) {
    vi.spyOn(Date, 'now').mockReturnValue(1_800_000_000_000 + seconds * 1_000)
    await pool.send(ASK)
    // A connection is kept once its answer has been read to the end.
    await new Promise(resolve => setImmediate(resolve))
  }
  vi.restoreAllMocks()
  expect(connections()).toBe(2)
  await pool.destroy()
})
