/** Interface of a pool of HTTP connections to one service; undici-pool.ts and node-pool.ts implement it. */

export type PoolLimits = {
  readonly connections: number
  /** Milliseconds. */
  readonly connectTimeout: number
  /** Default of requests that have none. */
  readonly headersTimeout?: number
  readonly bodyTimeout?: number
}

export type PoolRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: string | Uint8Array | null
  readonly headersTimeout?: number
  readonly bodyTimeout?: number
}

export type HttpResponse = {
  readonly status: number
  /** By their names in lower case. `date` is the clock of the service. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

export type HttpPool = {
  /** Resolves to the status and the whole body; rejects without a response, by an error with a code. */
  readonly send: (request: PoolRequest) => Promise<HttpResponse>
  readonly destroy: () => Promise<void>
}

/** A header of a response that is sent once; undefined where it is not there. */
export const headerOf = ({ headers }: Pick<HttpResponse, 'headers'>, name: string): string | undefined => {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}

/** A pool of connections to `origin`. */
export type CreatePool = (origin: string, limits: PoolLimits) => HttpPool

/** Error code of a connection that was not established in time, so that nothing was sent. */
export const CONNECT_TIMEOUT = 'UND_ERR_CONNECT_TIMEOUT'
