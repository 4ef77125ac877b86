/** Fake of CloudFront's functions: code of the stages DEVELOPMENT and LIVE, each replaced only under its latest ETag. */
import type { Reply } from './fake-alarms.ts'

export type FakeEdgeFunction = { live: string; development: string; version: number }

const etagOf = ({ version }: FakeEdgeFunction): string => `E${version}`

/** Answers a request of CloudFront's API. */
export const edgeFunctions = (
  functions: Map<string, FakeEdgeFunction>,
  method: string,
  url: URL,
  ifMatch: string,
  body: string,
): Reply => {
  const [, name = '', what = ''] = /^\/2020-05-31\/function\/([\w-]+)(?:\/(\w+))?$/.exec(url.pathname) ?? []
  const found = functions.get(name)
  if (!found) return [404, '<ErrorResponse><Error><Code>NoSuchFunctionExists</Code></Error></ErrorResponse>']
  const isLive = url.searchParams.get('Stage') === 'LIVE'
  if (method === 'GET' && what === 'describe')
    return [200, '<FunctionSummary></FunctionSummary>', { etag: etagOf(found) }]
  if (method === 'GET') return [200, isLive ? found.live : found.development, { etag: etagOf(found) }]
  if (ifMatch !== etagOf(found)) return [412, '<Error><Code>PreconditionFailed</Code></Error>']
  const code = /<FunctionCode>([^<]+)<\/FunctionCode>/.exec(body)?.[1]
  if (method === 'PUT' && code) {
    found.development = Buffer.from(code, 'base64').toString()
    found.version++
  } else if (method === 'POST' && what === 'publish') found.live = found.development
  else return [400, '<Error><Code>InvalidArgument</Code></Error>']
  return [200, '<FunctionSummary></FunctionSummary>', { etag: etagOf(found) }]
}
