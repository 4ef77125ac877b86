/** Local stand-in for the CDN: which path pattern applies to a path, and CloudFront functions on requests. */

/** The first of these patterns that matches the path, as CloudFront chooses; `*` matches slashes too. */
export const firstMatch = (patterns: readonly string[], path: string): string | undefined =>
  patterns.find(pattern => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(path))

type Value = { readonly value: string; readonly multiValue?: readonly { readonly value: string }[] }
type EdgeRequest = {
  readonly method: string
  readonly uri: string
  readonly querystring: string
  readonly headers: Readonly<Record<string, Value>>
}

/** The query of an event: values by name, as they were sent. */
const queryOf = (search: string): Record<string, Value> => {
  const values = new Map<string, string[]>()
  for (const pair of search
    .slice(1)
    .split('&')
    .filter(one => one !== '')) {
    const [name = '', value = ''] = pair.split(/=(.*)/s)
    values.set(name, [...(values.get(name) ?? []), value])
  }
  return Object.fromEntries(
    [...values].map(([name, all]) => [
      name,
      { value: all.at(-1) ?? '', ...(all.length > 1 ? { multiValue: all.map(value => ({ value })) } : {}) },
    ]),
  )
}

type EdgeResponse = {
  readonly statusCode: number
  readonly headers: EdgeRequest['headers']
  readonly body: { readonly encoding: 'text'; readonly data: string }
}
const toHeaders = (headers: EdgeRequest['headers']): [string, string][] =>
  Object.entries(headers).map(([name, { value }]) => [name, value])

/** Runs the code of a viewer-request function on requests: gives the response that it makes, or the request, which it may change. */
const createHandler = (code: string) => {
  const handler = new Function(`${code}\nreturn handler`)() as (event: object) => EdgeRequest | EdgeResponse
  return (request: Request): EdgeRequest | EdgeResponse => {
    const { pathname, search } = new URL(request.url)
    const headers = Object.fromEntries([...request.headers].map(([name, value]) => [name, { value }]))
    const querystring = queryOf(search)
    return handler({ request: { method: request.method, uri: pathname, querystring, headers } })
  }
}

/** The response that the code of a viewer-request function makes for a request; undefined where it goes on. */
export const edgeResponse = (code: string, request: Request): Response | undefined => {
  const made = createHandler(code)(request)
  return 'statusCode' in made
    ? new Response(made.body.data, { status: made.statusCode, headers: toHeaders(made.headers) })
    : undefined
}

/** Runs the code of a viewer-request function on a request, which it may change. */
export const createEdgeFunction = (code: string) => {
  const handle = createHandler(code)
  return (request: Request): Request => {
    const { search, origin } = new URL(request.url)
    const made = handle(request)
    if ('statusCode' in made) throw new TypeError('the function must let the request through')
    const changed = typeof made.querystring === 'string'
    const query = changed ? (made.querystring === '' ? '' : `?${made.querystring}`) : search
    return new Request(`${origin}${made.uri}${query}`, {
      method: request.method,
      headers: toHeaders(made.headers),
    })
  }
}
