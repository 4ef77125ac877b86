/** A pool of undici's, imported by its own file since the rest of undici is not used: the least CPU for each request. */
import type { Dispatcher } from 'undici'
import Pool from 'undici/lib/dispatcher/pool.js'
import type { CreatePool } from './http-pool.ts'

export const createPool: CreatePool = (origin, limits) => {
  const pool = new Pool(origin, limits)
  return {
    // By dispatch, which spares the stream that undici's `request` makes of each.
    send: request =>
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
      }),
    destroy: () => pool.destroy(),
  }
}
