/**
 * Log and metrics of the shop: lines of text on a terminal, JSON (json-log.ts) everywhere else. Nothing that is logged may
 * contain a secret or personal data.
 */
import { currentRequest } from '../request.ts'
import type { Measurements } from './metrics.ts'

/** Each level includes those before it. Failures are always logged. */
export const LOG_LEVELS = ['errors', 'events', 'requests', 'calls'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export type Fields = Readonly<Record<string, string | number | undefined>>

export type Log = {
  /** Logs an event, for example a start or a sent mail. `topic` is one word of at most nine letters. */
  readonly event: (topic: string, text: string, fields?: Fields) => void
  /** Logs an unexpected error: message and stack, but no other property, since that may be an item. */
  readonly failure: (error: unknown) => void
  /** Logs a finished request. */
  readonly request: (entry: RequestEntry) => void
  /** Logs a finished database call. */
  readonly call: (call: DatabaseCall) => void
  /** Adds to counters. */
  readonly count: (measurements: Measurements) => void
  /** Records gauges. */
  readonly gauge: (measurements: Measurements) => void
  /** Whether entries of this level are logged. */
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
  /** The tables of the call, each once. */
  readonly tables: readonly string[]
  readonly ms: number
}

type Write = (line: string) => void

/** Whether a log of level `level` includes entries of another level. */
export const levelFilter =
  (level: LogLevel) =>
  (wanted: LogLevel): boolean =>
    LOG_LEVELS.indexOf(wanted) <= LOG_LEVELS.indexOf(level)

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error)

/** The stack of an error, and that of its cause. */
export const stackWithCauses = (error: unknown): string =>
  error instanceof Error && error.cause !== undefined
    ? `${stackOf(error)}\ncaused by ${stackOf(error.cause)}`
    : stackOf(error)

/** The request id at the end of a line, within a request. */
const requestSuffix = (): string => {
  const request = currentRequest()
  return request ? `  ${request.id}` : ''
}

const formatMeasurements = (measurements: Measurements): string =>
  Object.entries(measurements)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')

/** A log for people: one line per entry. */
export const createLinesLog = (level: LogLevel, write: Write): Log => {
  const isEnabled = levelFilter(level)
  const line = (topic: string, text: string) => write(`${topic.padEnd(10)}${text}`)
  const metricsAt = (least: LogLevel) => (measurements: Measurements) => {
    if (isEnabled(least)) line('metric', `${formatMeasurements(measurements)}${requestSuffix()}`)
  }
  return {
    event: (topic, text) => {
      if (isEnabled('events')) line(topic, `${text}${requestSuffix()}`)
    },
    failure: error => line('error', `${stackWithCauses(error)}${requestSuffix()}`),
    request: ({ method, route, status, ms, calls, request_id }) =>
      line('request', `${method} ${route} ${status} ${ms} ms, ${calls} calls  ${request_id}`),
    call: ({ operation, tables, ms }) =>
      line('call', `${operation} ${tables.join(', ')} ${ms} ms${requestSuffix()}`),
    count: metricsAt('events'),
    gauge: metricsAt('requests'),
    isEnabled,
  }
}
