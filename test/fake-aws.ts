/** Fake AWS services for functions besides DynamoDB: an S3 bucket and SSM parameters on a local port. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

export type StoredObject = { readonly bytes: Buffer; readonly headers: IncomingMessage['headers'] }

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/**
 * Starts the fake. `objects` are stored by `/bucket/key`; `parameters` are SSM's. Unsigned requests are refused, and the next
 * `state.fail` requests are answered 503. SSM refuses `state.refuse` requests, answers at most `state.ssmPerWindow` requests in 100 ms, and throttles the next
 * `state.throttle` ones and all others with status 400, as AWS does. `requests` lists the requests so far.
 */
export const startFakeAws = async (parameters: Readonly<Record<string, string>> = {}) => {
  const objects = new Map<string, StoredObject>()
  const requests: {
    readonly method: string
    readonly url: string
    readonly headers: IncomingMessage['headers']
  }[] = []
  const state = { fail: 0, refuse: 0, throttle: 0, ssmPerWindow: Number.POSITIVE_INFINITY }
  let window = { number: 0, count: 0 }
  const isThrottled = (): boolean => {
    if (state.throttle-- > 0) return true
    const number = Math.floor(performance.now() / 100)
    window = { number, count: number === window.number ? window.count + 1 : 1 }
    return window.count > state.ssmPerWindow
  }

  const bucket = (
    method: string,
    key: string,
    bytes: Buffer,
    headers: IncomingMessage['headers'],
  ): [number, Buffer?] => {
    if (method === 'PUT') objects.set(key, { bytes, headers })
    else if (method === 'DELETE') objects.delete(key)
    else {
      const found = objects.get(key)
      return found ? [200, found.bytes] : [404, Buffer.from('<Error><Code>NoSuchKey</Code></Error>')]
    }
    return [method === 'DELETE' ? 204 : 200]
  }
  const ssm = (body: Buffer): [number, Buffer] => {
    if (state.refuse-- > 0) return [400, Buffer.from('{"__type":"AccessDeniedException"}')]
    if (isThrottled()) return [400, Buffer.from('{"__type":"ThrottlingException","message":"Rate exceeded"}')]
    const { Names } = JSON.parse(body.toString()) as { Names: string[] }
    const Parameters = Names.flatMap(Name =>
      parameters[Name] === undefined ? [] : [{ Name, Value: parameters[Name] }],
    )
    return [200, Buffer.from(JSON.stringify({ Parameters }))]
  }

  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request
    const body = await readBody(request)
    requests.push({ method, url, headers })
    const signed = headers.authorization?.startsWith('AWS4-HMAC-SHA256 Credential=')
    const isSsm = headers['x-amz-target'] === 'AmazonSSM.GetParameters'
    const [status, bytes] = !signed
      ? [403]
      : state.fail-- > 0
        ? [503]
        : isSsm
          ? ssm(body)
          : bucket(method, url, body, headers)
    response.writeHead(status).end(bytes)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, objects, requests, state, close: () => server.close() }
}
