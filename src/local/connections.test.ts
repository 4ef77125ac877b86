/** Limits of one connection: requests that are sent by pipelining. */
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { createBoundedServer } from './connections.ts'

const serve = async (create: (listener: RequestListener) => ReturnType<typeof createServer>) => {
  const seen = { started: 0, open: 0, most: 0 }
  const release = Promise.withResolvers<void>()
  const server = create(async (_request, response) => {
    seen.started++
    seen.most = Math.max(seen.most, ++seen.open)
    response.once('close', () => seen.open--)
    await release.promise
    response.end('done')
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    release.resolve()
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { seen, port, release: () => release.resolve() }
}

const GET = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'

/** Sends the bytes in one packet; resolves to what came back when the connection has ended, or with `until` in it. */
const send = (port: number, bytes: string, until?: (text: string) => boolean): Promise<string> =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    let text = ''
    socket.on('data', chunk => {
      text += String(chunk)
      if (until?.(text)) socket.destroy()
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(text))
  })

test('a connection with more than eight unfinished requests is ended, and no more of them are worked on', async () => {
  const { seen, port } = await serve(createBoundedServer)
  expect(await send(port, GET.repeat(1_600))).toBe('')
  expect(seen.started).toBe(8)
})

test('without the bound, all of them are worked on at once', async () => {
  const { seen, port, release } = await serve(listener => createServer(listener))
  const all = send(port, GET.repeat(1_600), text => text.split('done').length > 1_600)
  await expect.poll(() => seen.most).toBeGreaterThan(1_000)
  release()
  await all
})

test('eight requests at a time on a connection are answered, again and again', async () => {
  const { seen, port, release } = await serve(createBoundedServer)
  release()
  const count = (text: string) => text.split('done').length - 1
  await new Promise<void>(resolve => {
    const socket = connect(port, '127.0.0.1', () => socket.write(GET.repeat(8)))
    let text = ''
    let rounds = 1
    socket.on('data', chunk => {
      text += String(chunk)
      if (count(text) < rounds * 8) return
      if (++rounds > 3) socket.end()
      else socket.write(GET.repeat(8))
    })
    socket.on('close', () => resolve())
  })
  expect(seen.started).toBe(24)
})
