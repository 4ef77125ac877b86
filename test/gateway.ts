/** Local stand-in for API Gateway (HTTP API, payload 2.0): routes, events and responses as functions see them. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import {
  FUNCTIONS,
  type FunctionDefinition,
  type FunctionId,
  OPTIONAL_FUNCTIONS,
  routeKey,
} from '#src/lambda/functions.ts'
import { onCleanup } from './cleanup.ts'
import { createGatewayEvent, decodePath } from './gateway-event.ts'
import type { LambdaFunction } from './lambda-function.ts'

/** Lambda's limit for events and responses. */
const MAX_BYTES = 6 * 1024 * 1024

type RouteKey = {
  readonly key: string
  readonly id: FunctionId
  readonly matches: (method: string, path: string) => boolean
}

/** Precedence of route keys: full matches, then path variables, then greedy ones; a method before ANY; `$default` last. */
const routePriority = (key: string): number =>
  (key === '$default' ? 1_000_000 : 0) +
  (key.includes('+}') ? 10_000 - key.length : 0) +
  (key.match(/\{\w+\}/g)?.length ?? 0) * 100 +
  (key.startsWith('ANY ') ? 10 : 0)

const listRouteKeys = (): RouteKey[] =>
  ([...FUNCTIONS, ...OPTIONAL_FUNCTIONS] as readonly (FunctionDefinition & { readonly id: FunctionId })[])
    .flatMap(one => [...one.endpoints.map(routeKey), ...one.otherRoutes].map(key => ({ key, id: one.id })))
    .sort((a, b) => routePriority(a.key) - routePriority(b.key))
    .map(({ key, id }) => {
      const [method = '', path = ''] = key.split(' ')
      const pattern = new RegExp(`^${path.replace(/\{\w+\+\}/, '.+').replaceAll(/\{\w+\}/g, '[^/]+')}$`)
      const matches = (asked: string, at: string) =>
        key === '$default' || ((method === 'ANY' || method === asked) && pattern.test(at))
      return { key, id, matches }
    })

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Starts a gateway; `url` is the value for API_URL, known before the functions are attached. */
export const startGateway = async () => {
  const keys = listRouteKeys()
  const running = new Map<string, LambdaFunction>()

  const server = createServer(async (request, response) => {
    const { method = 'GET', url = '/' } = request
    const key = keys.find(one => one.matches(method, decodePath(url.split('?')[0] ?? '')))
    const target = key && running.get(key.id)
    const body = await readBody(request)
    if (!target || !key) {
      response.writeHead(404).end('{"message":"Not Found"}')
      return
    }
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(',') : (value ?? ''),
      ]),
    )
    const event = JSON.stringify(createGatewayEvent({ method, url, headers }, body, key.key))
    if (event.length > MAX_BYTES) {
      response.writeHead(413).end('{"message":"Request Too Long"}')
      return
    }
    try {
      const answer = (await target.invoke(JSON.parse(event))) as APIGatewayProxyStructuredResultV2
      if (JSON.stringify(answer).length > MAX_BYTES) throw new Error('the answer is too large for Lambda')
      for (const [name, value] of Object.entries(answer.headers ?? {}))
        response.setHeader(name, String(value))
      if (answer.cookies) response.setHeader('set-cookie', answer.cookies)
      response.writeHead(answer.statusCode ?? 200)
      response.end(Buffer.from(answer.body ?? '', answer.isBase64Encoded ? 'base64' : 'utf8'))
    } catch (error) {
      response.writeHead(500).end(JSON.stringify({ message: 'Internal Server Error', error: String(error) }))
    }
  })
  onCleanup(() => void server.close())
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    attach: (one: LambdaFunction): void => {
      running.set(one.id, one)
    },
  }
}
