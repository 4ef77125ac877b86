/** HTTP client of a running shop that keeps cookies as a browser does. */
import { registerSecret, registerSecretsIn } from '../log-leaks.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely by tests
export type Json = any
export type Answer = { readonly status: number; readonly headers: Headers; readonly body: Json }
export type Visitor = {
  readonly cookies: () => Record<string, string>
  readonly call: (
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answer>
  readonly get: (path: string) => Promise<Answer>
  readonly post: (path: string, body?: unknown, headers?: Readonly<Record<string, string>>) => Promise<Answer>
}

export const createVisitor = (url: string, cookies: Readonly<Record<string, string>> = {}): Visitor => {
  const jar = new Map(Object.entries(cookies))
  for (const [name, value] of jar) registerSecret(name, value)

  const keepCookies = (headers: Headers): void => {
    for (const header of headers.getSetCookie()) {
      const [pair = '', ...attributes] = header.split(';')
      const at = pair.indexOf('=')
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)]
      if (value === '' || attributes.some(one => /^\s*max-age=0$/i.test(one))) jar.delete(name)
      else jar.set(name, value)
      registerSecret(name, value)
    }
  }

  const call = async (
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> => {
    const isBytes = body instanceof Uint8Array
    registerSecretsIn(body)
    const answer = await fetch(`${url}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(body === undefined || isBytes ? {} : { 'content-type': 'application/json' }),
        ...(jar.size > 0 ? { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') } : {}),
        'sec-fetch-site': 'same-origin',
        ...headers,
      },
      ...(body === undefined ? {} : { body: isBytes ? (body as BodyInit) : JSON.stringify(body) }),
    })
    keepCookies(answer.headers)
    const text = await answer.text()
    const isJson = answer.headers.get('content-type')?.includes('json')
    return { status: answer.status, headers: answer.headers, body: isJson && text ? JSON.parse(text) : text }
  }

  return {
    cookies: (): Record<string, string> => Object.fromEntries(jar),
    call,
    get: (path: string) => call('GET', path),
    post: (path: string, body?: unknown, headers?: Readonly<Record<string, string>>) =>
      call('POST', path, body, headers),
  }
}
