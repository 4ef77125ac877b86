/** Load generator for a shop process: closed loop (a fixed number of customers) and open loop (a fixed request rate). */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Agent } from 'undici'
import { percentile } from '../bench/measure.ts'
import type { Random } from '../bench/random.ts'
import { type ClientResponse, checkOutCart, type FilledCart, fillCart } from './external-client.ts'

export type Second = { readonly good: number; readonly refused: number; readonly failed: number }

/** Response counts per second since the start, and response times in milliseconds. */
export class Tally {
  readonly #since = performance.now()
  readonly seconds: { good: number; refused: number; failed: number }[] = []
  readonly good: number[] = []
  readonly refused: number[] = []
  /** Responses by status that are neither a success nor a 503, for example timeouts (0). */
  readonly failures = new Map<number, number>()
  readonly orders: string[] = []

  add({ status, ms, body }: ClientResponse): void {
    const at = Math.floor((performance.now() - this.#since) / 1000)
    while (this.seconds.length <= at) this.seconds.push({ good: 0, refused: 0, failed: 0 })
    const second = this.seconds[at]
    if (!second) return
    if (status === 200 || status === 201) {
      second.good++
      this.good.push(ms)
      if (status === 201 && body) this.orders.push(body.order_id)
    } else if (status === 503) {
      second.refused++
      this.refused.push(ms)
    } else {
      second.failed++
      this.failures.set(status, (this.failures.get(status) ?? 0) + 1)
    }
  }
}

export const p99 = (values: readonly number[]): number =>
  values.length === 0
    ? 0
    : percentile(
        values.toSorted((a, b) => a - b),
        0.99,
      )

/** A customer's next action: a new cart, or the checkout of a cart filled before. */
export type Customer = (random: Random) => Promise<ClientResponse>

/** Customers that fill three carts and then check one out. None of this can be answered from a cache. */
export const createShoppers = (agent: Agent, url: string): Customer => {
  const carts: FilledCart[] = []
  let turn = 0
  return async random => {
    const cart = ++turn % 4 === 0 ? carts.shift() : undefined
    if (cart) return checkOutCart(agent, url, random, cart)
    const { said, cart: filled } = await fillCart(agent, url, random)
    if (filled) carts.push(filled)
    return said
  }
}

/** Runs `clients` customers, each sending its next request when the previous one is answered. */
export const closedLoop = async (
  customer: Customer,
  random: Random,
  clients: number,
  seconds: number,
): Promise<Tally> => {
  const tally = new Tally()
  const until = performance.now() + seconds * 1000
  const one = async (): Promise<void> => {
    while (performance.now() < until) tally.add(await customer(random))
  }
  await Promise.all(Array.from({ length: clients }, one))
  return tally
}

/** Sends a fixed number of requests per second, whether or not earlier ones have been answered. */
export const openLoop = async (
  customer: Customer,
  random: Random,
  perSecond: number,
  seconds: number,
): Promise<Tally> => {
  const tally = new Tally()
  const since = performance.now()
  const underway = new Set<Promise<void>>()
  for (let sent = 0; ; await sleep(2)) {
    const elapsed = (performance.now() - since) / 1000
    if (elapsed >= seconds) break
    for (; sent < elapsed * perSecond; sent++) {
      const one: Promise<void> = customer(random).then(said => {
        tally.add(said)
        underway.delete(one)
      })
      underway.add(one)
    }
  }
  await Promise.all(underway)
  return tally
}
