/** Fake AWS services for functions besides DynamoDB: an S3 bucket, SSM parameters, invalidations of CloudFront and calls of Lambda on a local port. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type BucketAnswer, createFakeBucket } from './fake-bucket.ts'
import { createFakeCloudFront } from './fake-cloudfront.ts'

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/**
 * Starts the fake. `objects` are stored by `/bucket/key`; `parameters` are SSM's. Unsigned requests are refused, and the next
 * `state.fail` requests are answered 503. SSM refuses `state.refuse` requests, answers at most `state.ssmPerWindow` requests in 100 ms,
 * and throttles the next `state.throttle` ones and all others with status 400, as AWS does. `requests` lists the requests so far;
 * `beforeAnswer` is called with each. `cloudFront.invalidations` are those it has accepted; Lambda accepts every start, and answers calls by `state.call`.
 */
export const startFakeAws = async (parameters: Readonly<Record<string, string>> = {}) => {
  const { objects, uploads, answer: bucket } = createFakeBucket()
  const cloudFront = createFakeCloudFront()
  const requests: {
    readonly method: string
    readonly url: string
    readonly headers: IncomingMessage['headers']
    /** Of the body. */
    readonly bytes: number
  }[] = []
  /** Events with which functions were started. */
  const started: unknown[] = []
  const state: {
    fail: number
    refuse: number
    throttle: number
    ssmPerWindow: number
    beforeAnswer?: (method: string, url: string) => void
    /** What a function that is called answers. */
    call?: (event: unknown) => Promise<unknown>
  } = { fail: 0, refuse: 0, throttle: 0, ssmPerWindow: Number.POSITIVE_INFINITY }
  let window = { number: 0, count: 0 }
  const isThrottled = (): boolean => {
    if (state.throttle-- > 0) return true
    const number = Math.floor(performance.now() / 100)
    window = { number, count: number === window.number ? window.count + 1 : 1 }
    return window.count > state.ssmPerWindow
  }

  const ssm = (body: Buffer): BucketAnswer => {
    if (state.refuse-- > 0) return { status: 400, body: '{"__type":"AccessDeniedException"}' }
    if (isThrottled())
      return { status: 400, body: '{"__type":"ThrottlingException","message":"Rate exceeded"}' }
    const { Names } = JSON.parse(body.toString()) as { Names: string[] }
    const Parameters = Names.flatMap(Name =>
      parameters[Name] === undefined ? [] : [{ Name, Value: parameters[Name] }],
    )
    return { status: 200, body: JSON.stringify({ Parameters }) }
  }

  const callFunction = async (type: unknown, body: Buffer): Promise<BucketAnswer> => {
    const event: unknown = JSON.parse(body.toString())
    if (type === 'Event') {
      started.push(event)
      return { status: 202 }
    }
    return { status: 200, body: JSON.stringify(await state.call?.(event)) }
  }

  const server = createServer(async (request, response) => {
    const { method = '', url = '', headers } = request
    const body = await readBody(request)
    requests.push({ method, url, headers, bytes: body.length })
    state.beforeAnswer?.(method, url)
    const signed = headers.authorization?.startsWith('AWS4-HMAC-SHA256 Credential=')
    const isSsm = headers['x-amz-target'] === 'AmazonSSM.GetParameters'
    const answer: BucketAnswer = !signed
      ? { status: 403 }
      : state.fail-- > 0
        ? { status: 503 }
        : isSsm
          ? ssm(body)
          : url.startsWith('/2015-03-31/functions/')
            ? await callFunction(headers['x-amz-invocation-type'], body)
            : (cloudFront.answer(method, url, body.toString()) ?? bucket(method, url, body, headers))
    response.writeHead(answer.status, answer.headers).end(answer.body)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, objects, uploads, requests, started, cloudFront, state, close: () => server.close() }
}
