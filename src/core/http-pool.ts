/**
 * Connections that are kept, to one service, by undici's pool: imported by its own file, since all of undici weighs more than the
 * rest of a function.
 */
import type { Dispatcher } from 'undici'
import Pool from 'undici/lib/dispatcher/pool.js'

export type PoolLimits = {
  readonly connections: number
  /** Milliseconds. */
  readonly connectTimeout: number
  /** Where a request does not say otherwise. */
  readonly headersTimeout?: number
  readonly bodyTimeout?: number
}

export type HttpAnswer = { readonly status: number; readonly body: Buffer }

export type HttpPool = ReturnType<typeof openPool>

/** Sends requests to `origin`; `send` rejects with undici's error where nothing is answered. */
export const openPool = (origin: string, limits: PoolLimits) => {
  const pool = new Pool(origin, limits)
  /** The status and the whole body of the answer; by dispatch, which spares the stream that undici's `request` makes of each. */
  const send = (request: {
    readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
    readonly path: string
    readonly headers: Record<string, string>
    readonly body: string | Uint8Array | null
    readonly headersTimeout?: number
    readonly bodyTimeout?: number
  }): Promise<HttpAnswer> =>
    new Promise((answered, failed) => {
      let status = 0
      const chunks: Buffer[] = []
      const handler: Dispatcher.DispatchHandler = {
        onRequestStart: () => {},
        onResponseStart: (_, code) => {
          status = code
        },
        onResponseData: (_, chunk) => {
          chunks.push(chunk)
        },
        onResponseEnd: () => answered({ status, body: Buffer.concat(chunks) }),
        onResponseError: (_, error) => failed(error),
      }
      pool.dispatch(request, handler)
    })
  return { send, destroy: () => pool.destroy() }
}
