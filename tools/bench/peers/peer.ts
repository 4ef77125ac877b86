/** What the bench knows of a shop, ours or a peer's: how it is there, how it starts, and what a shopper does in it. */
import type { Book } from '#src/catalog/schema.ts'

export type PeerName = 'vendure' | 'medusa' | 'storecraft'
export type ShopName = PeerName | 'cloudshelf'

/** What an HTTP call was answered with; `body` is parsed JSON, or text where it is none. */
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

/** A shop said no, or broke. `broke` is a server's error: HTTP 5xx, or its like in GraphQL. */
export class RefusedError extends Error {
  readonly isServerError: boolean
  constructor(step: string, { status, body }: Answer, broke = status >= 500) {
    super(`${step} was answered with ${status} ${JSON.stringify(body)?.slice(0, 300)}`)
    this.isServerError = broke
  }
}

/** What a shopper carries from step to step: ids, tokens, totals. */
export type Basket = Readonly<Record<string, string>>

/** Steps of a shopper, each a guest of their own. Rejects with `Refused`. `titles` are what the shop calls its books. */
export type Shopping = {
  readonly fillCart: (call: Call, titles: readonly string[], guest: number) => Promise<Basket>
  /** All that lies between the full cart and the last step. */
  readonly prepareOrder: (call: Call, basket: Basket, guest: number) => Promise<Basket>
  /** The last step: when this resolves, the shop has said that the order stands. */
  readonly pay: (call: Call, basket: Basket, guest: number) => Promise<void>
  /** The place in the list of books of the first answer; undefined when there is none. */
  readonly findFirst: (call: Call, text: string) => Promise<number | undefined>
}

/** What the adapters hand to the process that shops: whatever the shop's `Shopping` is opened with. */
export type ShopFacts = Readonly<Record<string, string>>

/** Requests as they go over the wire, and what each answer must have in it; `once`: none is sent twice. */
export type ReadRequests = {
  readonly requests: readonly string[]
  readonly contains: string
  readonly once?: boolean
}

export type RunningShop = {
  readonly name: ShopName
  readonly port: number
  /** Milliseconds from the start of node to the first book answered. */
  readonly startedIn: number
  /** The processes of the shop, and of its database where that is apart: each with all its children. */
  readonly processes: { readonly shop: number; readonly store: number | undefined }
  readonly facts: ShopFacts
  /** By place in the list of books: what is put in carts. */
  readonly titles: readonly string[]
  /** Titles of which there are so many copies and that nothing else buys, for the crowds. */
  readonly rushes: readonly Rush[]
  /** `newBook` only where a book that was asked for before is another thing. */
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
  /** What must be in its folder, the first of which that is missing is named. */
  readonly needs: readonly string[]
  /** The commands that put it there, in a copy of the folder that sets it up. */
  readonly setUp: string
  /** The folder of its lock file, inside its own. */
  readonly project: string
  /** The package whose version is the peer's. */
  readonly packageName: string
  readonly database: string
  /** What differs in its work from ours. */
  readonly differences: readonly string[]
  /** Lines of the comparison in which the work is not the same, so that no ratio is made. */
  readonly notComparable?: Readonly<Record<string, string>>
  readonly start: (place: PeerLocation, books: readonly Book[]) => Promise<RunningShop>
}

export type PeerLocation = {
  readonly folder: string
  /** The node that runs it. */
  readonly node: string
  /** Where what it writes may lie; taken away at the end. */
  readonly scratch: string
}
