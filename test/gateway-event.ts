/** Event that API Gateway creates from a request (HTTP API, payload 2.0). */
import type { APIGatewayProxyEventV2 } from 'aws-lambda'

/** Decodes a path as HTTP APIs do. */
export const decodePath = (path: string): string => {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

const isText = (type: string): boolean =>
  /^(text\/|application\/(json|xml|javascript|x-www-form-urlencoded))/.test(type)

export const createGatewayEvent = (
  request: {
    readonly method: string
    readonly url: string
    readonly headers: Readonly<Record<string, string>>
  },
  body: Uint8Array,
  routeKey: string,
): APIGatewayProxyEventV2 => {
  const [path = '', query = ''] = request.url.split(/\?(.*)/s)
  const { cookie, ...headers } = request.headers
  const asText = isText(headers['content-type'] ?? '')
  const now = new Date()
  return {
    version: '2.0',
    routeKey,
    rawPath: decodePath(path),
    rawQueryString: query,
    ...(cookie === undefined ? {} : { cookies: cookie.split(/; */) }),
    headers: { ...headers, host: 'abc123.execute-api.eu-central-1.amazonaws.com' },
    ...(query === '' ? {} : { queryStringParameters: Object.fromEntries(new URLSearchParams(query)) }),
    requestContext: {
      accountId: '123456789012',
      apiId: 'abc123',
      domainName: 'abc123.execute-api.eu-central-1.amazonaws.com',
      domainPrefix: 'abc123',
      http: {
        method: request.method,
        path: decodePath(path),
        protocol: 'HTTP/1.1',
        sourceIp: '130.176.1.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: crypto.randomUUID(),
      routeKey,
      stage: '$default',
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
    },
    ...(body.length === 0 ? {} : { body: Buffer.from(body).toString(asText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !asText,
  }
}
