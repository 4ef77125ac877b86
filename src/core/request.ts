/** The request that is being answered, found wherever its work goes: its id, and what it has asked of the store so far. */
import { AsyncLocalStorage } from 'node:async_hooks'

export type CurrentRequest = {
  /** Says which request it was: in its answer, in what is logged, in the row of a mail that it causes. */
  readonly id: string
  /** Calls of the store, each try counted. */
  calls: number
  /** The pattern of its address, without anybody's ids. */
  route: string | undefined
  /** Whether the answer bears the id already. */
  hasIdHeader: boolean
  /** Whether it was refused for want of a place: one of a crowd, of which the log tells in one line. */
  isShed: boolean
}

const requests = new AsyncLocalStorage<CurrentRequest>()

/** undefined: what is done is done for nobody who waits, such as work in the background. */
export const currentRequest = (): CurrentRequest | undefined => requests.getStore()

/** Does `work` as a part of the request with this id: one of its own unless it is given. */
export const runInRequest = <T>(id: string | undefined, work: (request: CurrentRequest) => T): T => {
  const request: CurrentRequest = {
    id: id ?? crypto.randomUUID(),
    calls: 0,
    route: undefined,
    hasIdHeader: false,
    isShed: false,
  }
  return requests.run(request, work, request)
}

export const REQUEST_ID = 'x-request-id'

/** The header that bears the id, for an answer whose headers are made in one piece; none outside a request. */
export const requestIdHeader = (): Record<string, string> => {
  const request = requests.getStore()
  if (!request) return {}
  request.hasIdHeader = true
  return { [REQUEST_ID]: request.id }
}
