/**
 * What the shop says while it runs, and what it measures of itself: lines that a person reads on a terminal, JSON
 * (json-log.ts) everywhere else. Nothing that is logged may hold a secret or anything personal.
 */

import { currentRequest } from '../request.ts'
import type { Measurements } from './metrics.ts'

/** Each says what the one before it says as well; failures are always said. */
export const LOG_LEVELS = ['errors', 'events', 'requests', 'calls'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export type Fields = Readonly<Record<string, string | number | undefined>>

export type Log = {
  /** Something that happened: the shop starts, a mail is sent. `topic` is one word of at most nine letters. */
  readonly event: (topic: string, text: string, fields?: Fields) => void
  /** A failure that is ours: its words and stack, and nothing else that the error carries, since that may be an item. */
  readonly failure: (error: unknown) => void
  /** A request was answered. */
  readonly request: (answered: RequestEntry) => void
  /** A call of the store was answered. */
  readonly call: (call: DatabaseCall) => void
  /** Counts what has happened. */
  readonly count: (measured: Measurements) => void
  /** Says how things stand, now and then. */
  readonly gauge: (measured: Measurements) => void
  /** Whether what belongs to this level is said. */
  readonly isEnabled: (level: LogLevel) => boolean
}

export type RequestEntry = {
  readonly method: string
  readonly route: string
  readonly status: number
  readonly ms: number
  readonly calls: number
  readonly request_id: string
}

export type DatabaseCall = {
  readonly operation: string
  /** The tables it is about, each once. */
  readonly tables: readonly string[]
  readonly ms: number
}

type Write = (line: string) => void

/** Whether a log of this level says what belongs to another. */
export const levelFilter =
  (level: LogLevel) =>
  (asked: LogLevel): boolean =>
    LOG_LEVELS.indexOf(asked) <= LOG_LEVELS.indexOf(level)

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error)

/** The error's words, and those of what caused it. */
export const stackWithCauses = (error: unknown): string =>
  error instanceof Error && error.cause !== undefined
    ? `${stackOf(error)}\ncaused by ${stackOf(error.cause)}`
    : stackOf(error)

/** `request`, where there is one, at the end of a line. */
const mark = (): string => {
  const request = currentRequest()
  return request ? `  ${request.id}` : ''
}

const shown = (measured: Measurements): string =>
  Object.entries(measured)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')

/** A log that a person reads. */
export const createLinesLog = (level: LogLevel, write: Write): Log => {
  const tells = levelFilter(level)
  const line = (topic: string, text: string) => write(`${topic.padEnd(10)}${text}`)
  const metricsAt = (least: LogLevel) => (measured: Measurements) => {
    if (tells(least)) line('metric', `${shown(measured)}${mark()}`)
  }
  return {
    event: (topic, text) => {
      if (tells('events')) line(topic, `${text}${mark()}`)
    },
    failure: error => line('error', `${stackWithCauses(error)}${mark()}`),
    request: ({ method, route, status, ms, calls, request_id }) =>
      line('request', `${method} ${route} ${status} ${ms} ms, ${calls} calls  ${request_id}`),
    call: ({ operation, tables, ms }) => line('call', `${operation} ${tables.join(', ')} ${ms} ms${mark()}`),
    count: metricsAt('events'),
    gauge: metricsAt('requests'),
    isEnabled: tells,
  }
}
