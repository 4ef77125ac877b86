/** The current request, available to everything that works on it: its id, and what the request log needs to know. */
import { AsyncLocalStorage } from 'node:async_hooks'

export type CurrentRequest = {
  /** In the response, in every log line, and in the outbox row of a mail that the request causes. */
  readonly id: string
  /** Calls of the database, counting each try. */
  calls: number
  /** The route's pattern, for example /api/books/{book_id}. */
  route: string | undefined
  /** Whether the response already has the id and the other headers of every response. */
  hasStandardHeaders: boolean
  /** Whether a shopper looks at something: what is counted of visits is counted for it. */
  isVisit: () => boolean
  /** Whether it was refused by load shedding; such requests are logged together, in one line. */
  isShed: boolean
}

const requests = new AsyncLocalStorage<CurrentRequest>()

/** Undefined in background work. */
export const currentRequest = (): CurrentRequest | undefined => requests.getStore()

/** Runs `work` as a request with this id; without one, with a new id. */
export const runInRequest = <T>(id: string | undefined, work: (request: CurrentRequest) => T): T => {
  const request: CurrentRequest = {
    id: id ?? crypto.randomUUID(),
    calls: 0,
    route: undefined,
    hasStandardHeaders: false,
    isVisit: () => false,
    isShed: false,
  }
  return requests.run(request, work, request)
}

export const REQUEST_ID = 'x-request-id'

/** Every response has it: its content type is what it says, and a browser must not guess another. */
export const NO_SNIFFING = { 'x-content-type-options': 'nosniff' } as const

/** Headers of every response, for one whose headers are created in one piece: the request id, within a request, and no sniffing. */
export const standardHeaders = (): Record<string, string> => {
  const request = requests.getStore()
  if (!request) return { ...NO_SNIFFING }
  request.hasStandardHeaders = true
  return { ...NO_SNIFFING, [REQUEST_ID]: request.id }
}
