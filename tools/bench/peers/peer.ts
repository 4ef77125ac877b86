/** Interface between the benchmark and a shop: setup, start, and the steps of a shopper. */
import type { Book } from '#src/catalog/schema.ts'

export type PeerName = 'vendure' | 'medusa' | 'storecraft'
export type ShopName = PeerName | 'cloudshelf'

/** HTTP response; `body` is parsed JSON, or text if it is not JSON. */
export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: unknown
}

export type Call = (
  method: 'GET' | 'POST',
  path: string,
  asked?: { readonly headers?: Readonly<Record<string, string>>; readonly body?: unknown },
) => Promise<Answer>

/** A refused or failed step; `isServerError` for HTTP 5xx or a GraphQL error. */
export class RefusedError extends Error {
  readonly isServerError: boolean
  constructor(step: string, { status, body }: Answer, broke = status >= 500) {
    super(`${step} was answered with ${status} ${JSON.stringify(body)?.slice(0, 300)}`)
    this.isServerError = broke
  }
}

/** State of a shopper between steps: ids, tokens, totals. */
export type Basket = Readonly<Record<string, string>>

/** Steps of a guest shopper. They reject with RefusedError. `titles` are the shop's ids of books. */
export type Shopping = {
  readonly fillCart: (call: Call, titles: readonly string[], guest: number) => Promise<Basket>
  /** Steps between the filled cart and the payment. */
  readonly prepareOrder: (call: Call, basket: Basket, guest: number) => Promise<Basket>
  /** Last step: resolves when the shop has confirmed the order. */
  readonly pay: (call: Call, basket: Basket, guest: number) => Promise<void>
  /** Position of the first search result in the list of books; undefined without a result. */
  readonly findFirst: (call: Call, text: string) => Promise<number | undefined>
}

/** Facts that an adapter passes to the shopper process. */
export type ShopFacts = Readonly<Record<string, string>>

/** Raw requests, the text that each response must contain, and whether each is sent only once. */
export type ReadRequests = {
  readonly requests: readonly string[]
  readonly contains: string
  readonly once?: boolean
}

export type RunningShop = {
  readonly name: ShopName
  readonly port: number
  /** Milliseconds from the start of node to the first book. */
  readonly startedIn: number
  /** Processes of the shop and of a separate database, each with its children. */
  readonly processes: { readonly shop: number; readonly store: number | undefined }
  readonly facts: ShopFacts
  /** Shop ids of the books, by position in the list. */
  readonly titles: readonly string[]
  /** Titles with limited stock that nothing else buys, for the rushes. */
  readonly rushes: readonly Rush[]
  /** `newBook` only if a repeated book is served from a cache. */
  readonly reads: Readonly<Record<'list' | 'book' | 'search', ReadRequests>> & {
    readonly newBook?: ReadRequests
  }
  readonly end: () => Promise<void>
}

export type Rush = { readonly title: string; readonly copies: number }

export type Install = { readonly megabytes: number; readonly packages: number }

export type Peer = {
  readonly name: PeerName
  readonly label: string
  /** Paths that must exist in its folder. */
  readonly needs: readonly string[]
  /** Commands that set it up, in a copy of its folder. */
  readonly setUp: string
  /** Folder of its lock file, relative to its own. */
  readonly project: string
  /** Package whose version is the peer's version. */
  readonly packageName: string
  readonly database: string
  /** Differences of its work from CloudShelf's. */
  readonly differences: readonly string[]
  /** Workloads that are not comparable, with the reason. */
  readonly notComparable?: Readonly<Record<string, string>>
  readonly start: (place: PeerLocation, books: readonly Book[]) => Promise<RunningShop>
}

export type PeerLocation = {
  readonly folder: string
  /** Node that runs it. */
  readonly node: string
  /** Folder for its files, removed at the end. */
  readonly scratch: string
}
