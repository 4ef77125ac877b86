/**
 * What shops under test say and report, and the secrets that their shoppers send and are given: none may be in the other. The
 * kit tells both; `no-secret-logged.ts` compares them after each file of tests.
 */
import { inspect } from 'node:util'

const secrets = new Map<string, string>()
const lines: string[] = []

/** Shorter ones are words that anybody says. */
const MIN_LENGTH = 8

/** Remembers something that no log may hold; `what` is what a failure calls it. */
export const registerSecret = (what: string, value: unknown): void => {
  if (typeof value !== 'string' || value.length < MIN_LENGTH) return
  secrets.set(value, what)
  const decoded = URL.canParse(`http://x/${value}`) ? tryDecode(value) : value
  // Of a signed cookie the token alone is as good.
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
  'first_name',
  'last_name',
  'phone',
])

/** Remembers what is personal or secret in a body, however deep. */
export const registerSecretsIn = (body: unknown): void => {
  if (typeof body !== 'object' || body === null || ArrayBuffer.isView(body)) return
  for (const [name, value] of Object.entries(body))
    if (SECRET_FIELDS.has(name)) registerSecret(name, value)
    else registerSecretsIn(value)
}

/** Notes what a shop has said or reported, as a log would show it. */
export const recordLog = (...what: readonly unknown[]): void => {
  for (const one of what) lines.push(typeof one === 'string' ? one : inspect(one, { depth: 8 }))
}

/** Each secret that was logged, with the line that holds it. */
export const findLeaks = (): string[] =>
  lines.flatMap(line =>
    [...secrets]
      .filter(([value]) => line.includes(value))
      .map(([value, what]) => `${what} ${value.slice(0, 60)} in: ${line.slice(0, 400)}`),
  )
