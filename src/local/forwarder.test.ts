import { once } from 'node:events'
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { callDynamo, SIGNED_HEADERS } from '../../test/engine-call.ts'
import { createTable, tempFolder } from '../../test/local.ts'
import { startForwarder } from './forwarder.ts'
import { acquireEngine } from './shared-engine.ts'
import { StartError } from './start-error.ts'

type Answer = { status: number | undefined; headers: IncomingHttpHeaders; body: string }

/** A plain request: unlike fetch it lets a test set Host, Origin and the rest. */
const send = async (
  port: number,
  options: { method?: string; path?: string; headers?: Record<string, string>; agent?: Agent } = {},
  body = options.method === 'OPTIONS' ? '' : '{}',
): Promise<Answer> => {
  const sent = request({ host: '127.0.0.1', port, method: 'POST', ...options })
  sent.end(body)
  // Both, so that an answer that cuts the client off while it sends fails the test.
  const [[response]] = (await Promise.all([once(sent, 'response'), once(sent, 'finish')])) as [
    [IncomingMessage],
    unknown,
  ]
  return { status: response.statusCode, headers: response.headers, body: await text(response) }
}

/** A stand-in for the engine that tells what reached it. */
const standIn = async (handler: (request: IncomingMessage, response: ServerResponse) => void) => {
  const server = createServer(handler)
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const forwarderTo = async (target: () => string | undefined) => {
  const forwarder = await startForwarder({ port: 0, target })
  onTestFinished(forwarder.close)
  return forwarder
}

const echo = () =>
  standIn((incoming, response) => {
    const { method, url, headers } = incoming
    const reply = (body: string) => response.end(JSON.stringify({ method, url, headers, body }))
    response.writeHead(418, 'Teapot', {
      'x-amz-crc32': '7',
      'Access-Control-Allow-Origin': '*',
      'access-control-max-age': '1',
    })
    text(incoming).then(reply, () => response.destroy())
  })

test('A request and its answer pass unchanged, but for what opens the answer to web pages', async () => {
  const target = await echo()
  const { port } = await forwarderTo(() => target)
  const answer = await send(
    port,
    { path: '/a?b=c', headers: { 'x-amz-target': 'X.Y', authorization: 'signed' } },
    '{"é":1}',
  )
  expect(answer.status).toBe(418)
  expect(answer.headers['x-amz-crc32']).toBe('7')
  expect(Object.keys(answer.headers).filter(name => name.startsWith('access-control'))).toEqual([])
  expect(JSON.parse(answer.body)).toMatchObject({
    method: 'POST',
    url: '/a?b=c',
    headers: { host: `127.0.0.1:${port}`, 'x-amz-target': 'X.Y', authorization: 'signed' },
    body: '{"é":1}',
  })
})

test('A body sent in chunks arrives whole', async () => {
  const target = await echo()
  const { port } = await forwarderTo(() => target)
  const sent = request({ host: '127.0.0.1', port, method: 'POST' })
  sent.write('one ')
  setTimeout(() => sent.end('two'), 20)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  expect(JSON.parse(await text(response)).body).toBe('one two')
})

test('An AWS client works on the real engine through it', async () => {
  const engine = await acquireEngine(tempFolder())
  onTestFinished(engine.close)
  const { port } = await forwarderTo(() => engine.endpoint)
  await createTable(`http://localhost:${port}`)
  expect(await callDynamo(`http://127.0.0.1:${port}`, 'ListTables', {})).toEqual({ TableNames: ['things'] })
})

test('What a web page can send, and whatever names another host, is refused and never reaches the engine', async () => {
  const reached: unknown[] = []
  const target = await standIn((incoming, response) => {
    reached.push(incoming.headers)
    response.end('{}')
  })
  const { port } = await forwarderTo(() => target)
  const refused = [
    { headers: { origin: 'https://evil.example' } },
    { headers: { origin: 'null' } },
    { headers: { Origin: `http://localhost:${port}` } },
    { headers: { origin: '' } },
    { headers: { 'Sec-Fetch-Site': 'cross-site' } },
    { headers: { 'sec-fetch-site': 'none' } },
    { headers: { host: 'evil.example' } },
    { headers: { host: `evil.example:${port}` } },
    { headers: { host: `localhost.evil.example:${port}` } },
    { headers: { host: `127.0.0.1.evil.example:${port}` } },
    { headers: { host: `evil@localhost:${port}` } },
    { headers: { host: `localhost:${port}.` } },
    { headers: { host: 'localhost' } },
    { headers: { host: 'localhost:' } },
    { headers: { host: `localhost:${port + 1}` } },
    { method: 'OPTIONS' },
    { path: `http://127.0.0.1:${port}/` },
  ]
  for (const options of refused) {
    const answer = await send(port, options)
    expect(answer.status, JSON.stringify(options)).toBe(403)
    expect(JSON.parse(answer.body)).toEqual({ __type: 'AccessDeniedException', message: expect.any(String) })
    expect(answer.headers['access-control-allow-origin']).toBeUndefined()
  }
  expect(reached).toEqual([])
  for (const host of [`localhost:${port}`, `LOCALHOST:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`])
    expect((await send(port, { headers: { host } })).status, host).toBe(200)
})

test.each([
  'POST / HTTP/1.0\r\n',
  'POST / HTTP/1.0\r\nhost: \r\n',
  'POST / HTTP/1.1\r\nhost: \r\nconnection: close\r\n',
])('A request without a Host is refused: %j', async head => {
  const { port } = await forwarderTo(() => 'http://127.0.0.1:9')
  const socket = connect(port, '127.0.0.1')
  socket.end(`${head}content-length: 2\r\n\r\n{}`)
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 403 /)
})

test('While the engine is down, or does not answer, it says 503 in a form that clients try again', async () => {
  let target: string | undefined
  const { port } = await forwarderTo(() => target)
  for (target of [undefined, 'http://127.0.0.1:9']) {
    const answer = await send(port, {}, 'x'.repeat(5_000_000))
    expect(answer.status).toBe(503)
    expect(JSON.parse(answer.body).__type).toMatch(/^com\.amazon\.coral\.availability#ServiceUnavailable/)
  }
  target = await standIn((_, response) => response.end('back'))
  expect((await send(port)).body).toBe('back')
})

test('An answer that breaks off does not look like a whole one', async () => {
  const target = await standIn((_, response) => {
    response.writeHead(200, { 'content-length': 100 })
    response.write('half', () => response.destroy())
  })
  const { port } = await forwarderTo(() => target)
  await expect(send(port)).rejects.toThrow(/aborted/)
})

test('A body of more than 20 MB is refused, announced or not, and one of 16 MB passes', async () => {
  const target = await echo()
  const { port } = await forwarderTo(() => target)
  const big = 'x'.repeat(20 * 1024 * 1024 + 1)
  expect((await send(port, { headers: { 'content-length': String(big.length) } }, big)).status).toBe(413)
  expect((await send(port, { headers: { 'transfer-encoding': 'chunked' } }, big)).status).toBe(413)
  expect((await send(port, {}, 'x'.repeat(16 * 1024 * 1024))).status).toBe(418)
})

test('A client that leaves takes its request to the engine along', async () => {
  let left = false
  const target = await standIn(incoming => {
    incoming.on('close', () => (left = true))
    sent.destroy()
  })
  const { port } = await forwarderTo(() => target)
  const sent = request({ host: '127.0.0.1', port, method: 'POST' }).on('error', () => {})
  sent.end('{}')
  await expect.poll(() => left).toBe(true)
})

test('It keeps its connections to the engine', async () => {
  const sockets = new Set()
  const counting = await standIn((incoming, response) => {
    sockets.add(incoming.socket)
    response.end('{}')
  })
  const { port } = await forwarderTo(() => counting)
  for (let n = 0; n < 5; n++) await send(port)
  expect(sockets.size).toBe(1)
})

test('Close ends promptly though connections are kept open and a request never ends', async () => {
  const target = await standIn(() => {})
  const forwarder = await startForwarder({ port: 0, target: () => target })
  const agent = new Agent({ keepAlive: true })
  onTestFinished(() => agent.destroy())
  await send(forwarder.port, { agent, method: 'OPTIONS' })
  const hanging = send(forwarder.port, { agent, headers: SIGNED_HEADERS }).catch((error: Error) => error)
  const idle = connect(forwarder.port, '127.0.0.1')
  await once(idle, 'connect')
  const since = performance.now()
  await Promise.all([forwarder.close(), forwarder.close()])
  expect(performance.now() - since).toBeLessThan(1500)
  await expect(send(forwarder.port)).rejects.toThrow()
  idle.destroy()
  void hanging
})

test('A port in use is a one-line error that names it and the variable to set', async () => {
  const { port } = await forwarderTo(() => undefined)
  const refused = startForwarder({ port, target: () => undefined })
  await expect(refused).rejects.toThrow(StartError)
  await expect(refused).rejects.toThrow(`port ${port} is in use: set DYNAMODB_PORT to a free port`)
})
