/**
 * State of the stand-in for Stripe in the data folder, as a log of JSON lines to which every change is added before it is answered, so
 * that it survives a kill. The log is written again without its past when it has grown, to a new file that then takes its place.
 */
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { TestEvent, TestPayment } from './objects.ts'

/** The oldest payments beyond this number are forgotten. */
const MAX_PAYMENTS = 20_000
const MAX_ANSWERS = 2_000
/** Events that are kept, and that may be on their way. */
const MAX_EVENTS = 10_000
/** Lines of the past that the log may have besides as many as the present ones. */
const MAX_PAST_LINES = 5_000

/** An answer to a request with an idempotency key. */
export type SavedAnswer = {
  /** Hash of what was asked for. */
  readonly request: string
  readonly status: number
  readonly body: string
  readonly savedAt: number
}

/** An event on its way to the shop. */
export type Delivery = { readonly eventId: string; readonly dueAt: number; readonly failures: number }

/** How events reach the shop, and whether payments take the amount that was asked for. */
export type Trouble = {
  readonly events: 'once' | 'twice' | 'late' | 'shuffled' | 'never'
  readonly wrongAmount: boolean
}

export const NO_TROUBLE: Trouble = { events: 'once', wrongAmount: false }

type Kinds = {
  readonly payment: TestPayment
  readonly answer: SavedAnswer
  readonly event: TestEvent
  readonly delivery: Delivery
  readonly trouble: Trouble
}
type Kind = keyof Kinds

export type TestStore = {
  readonly get: <K extends Kind>(kind: K, id: string) => Kinds[K] | undefined
  /** All of a kind, the oldest first. */
  readonly all: <K extends Kind>(kind: K) => readonly Kinds[K][]
  readonly ids: (kind: Kind) => readonly string[]
  readonly put: <K extends Kind>(kind: K, id: string, value: Kinds[K]) => void
  readonly remove: (kind: Kind, id: string) => void
}

const LIMITS: Readonly<Record<Kind, number>> = {
  payment: MAX_PAYMENTS,
  answer: MAX_ANSWERS,
  event: MAX_EVENTS,
  delivery: MAX_EVENTS,
  trouble: 1,
}

/** Opens the store in the file at `path`. A last line that a kill has cut off is left out. */
export const createTestStore = (path: string): TestStore => {
  const state: { readonly [K in Kind]: Map<string, Kinds[K]> } = {
    payment: new Map(),
    answer: new Map(),
    event: new Map(),
    delivery: new Map(),
    trouble: new Map(),
  }
  let lines = 0

  const apply = <K extends Kind>(kind: K, id: string, value: Kinds[K] | null): void => {
    const map = state[kind]
    if (value === null) map.delete(id)
    else map.set(id, value)
    const [oldest] = map.keys()
    if (map.size > LIMITS[kind] && oldest !== undefined) map.delete(oldest)
  }

  const line = (kind: Kind, id: string, value: unknown): string => `${JSON.stringify([kind, id, value])}\n`

  const rewrite = (): void => {
    const kinds = Object.keys(state) as Kind[]
    const all = kinds.flatMap(kind => [...state[kind]].map(([id, value]) => line(kind, id, value)))
    writeFileSync(`${path}.new`, all.join(''), { mode: 0o600 })
    renameSync(`${path}.new`, path)
    lines = all.length
  }

  if (existsSync(path)) {
    for (const text of readFileSync(path, 'utf8').split('\n'))
      try {
        const [kind, id, value] = JSON.parse(text) as [Kind, string, Kinds[Kind] | null]
        apply(kind, id, value)
      } catch {} // the empty end, or a line that was cut off
    rewrite()
  }

  const append = <K extends Kind>(kind: K, id: string, value: Kinds[K] | null): void => {
    apply(kind, id, value)
    appendFileSync(path, line(kind, id, value), { mode: 0o600 })
    lines++
    const present = Object.values(state).reduce((total, map) => total + map.size, 0)
    if (lines > 2 * present + MAX_PAST_LINES) rewrite()
  }

  return {
    get: (kind, id) => state[kind].get(id),
    all: kind => [...state[kind].values()],
    ids: kind => [...state[kind].keys()],
    put: append,
    remove: (kind, id) => append(kind, id, null),
  }
}
