/**
 * Log leak check: secrets that shoppers send or receive must not appear in logs or error reports. The test kit registers both;
 * `file-setup.ts` compares them after each test file.
 */
import { inspect } from 'node:util'

const secrets = new Map<string, string>()
const lines: string[] = []

/** Minimum length, because shorter values occur as ordinary words. */
const MIN_LENGTH = 8

/** Registers a value that no log may contain; `what` names it in a failure. */
export const registerSecret = (what: string, value: unknown): void => {
  if (typeof value !== 'string' || value.length < MIN_LENGTH) return
  secrets.set(value, what)
  const decoded = URL.canParse(`http://x/${value}`) ? tryDecode(value) : value
  // The token of a signed cookie is a secret without its signature too.
  for (const part of [decoded, decoded.split('.')[0] ?? '']) if (part.length >= 32) secrets.set(part, what)
}

const tryDecode = (value: string): string => {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

const SECRET_FIELDS = new Set([
  'password',
  'current_password',
  'token',
  'email',
  'street',
  'line2',
  'first_name',
  'last_name',
  'phone',
])

/** Registers the personal and secret fields of a body, at any depth. */
export const registerSecretsIn = (body: unknown): void => {
  if (typeof body !== 'object' || body === null || ArrayBuffer.isView(body)) return
  for (const [name, value] of Object.entries(body))
    if (SECRET_FIELDS.has(name)) registerSecret(name, value)
    else registerSecretsIn(value)
}

/** Records what a shop has logged or reported. */
export const recordLog = (...what: readonly unknown[]): void => {
  for (const one of what) lines.push(typeof one === 'string' ? one : inspect(one, { depth: 8 }))
}

let isConsoleRecorded = false

/** Records what is written to the console, too. */
export const recordConsole = (): void => {
  if (isConsoleRecorded) return
  isConsoleRecorded = true
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    const say = console[level]
    console[level] = (...what: unknown[]) => {
      recordLog(...what)
      say(...what)
    }
  }
}

/** Secrets that were logged since the last call, each with its line; what was recorded and registered is forgotten. */
export const takeLeaks = (): string[] => {
  const leaks = lines.flatMap(line =>
    [...secrets]
      .filter(([value]) => line.includes(value))
      .map(([value, what]) => `${what} ${value.slice(0, 60)} in: ${line.slice(0, 400)}`),
  )
  lines.length = 0
  secrets.clear()
  return leaks
}
