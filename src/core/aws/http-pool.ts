/** Connections that are kept, to one service: what such a pool is, whoever makes it. */

export type PoolLimits = {
  readonly connections: number
  /** Milliseconds. */
  readonly connectTimeout: number
  /** Where a request does not say otherwise. */
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

export type HttpResponse = { readonly status: number; readonly body: Buffer }

export type HttpPool = {
  /** The status and the whole body of the answer; rejects where nothing is answered, by an error with a code. */
  readonly send: (request: PoolRequest) => Promise<HttpResponse>
  readonly destroy: () => Promise<void>
}

/** A pool of connections to `origin`. */
export type CreatePool = (origin: string, limits: PoolLimits) => HttpPool

/** What the code of an error says when a connection was not made in time, so that nothing was sent. */
export const CONNECT_TIMEOUT = 'UND_ERR_CONNECT_TIMEOUT'
