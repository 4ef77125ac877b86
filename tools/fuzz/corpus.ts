/** The corpus of bad input as its files have it: `tools/fuzz/corpus/<group>/*.json`, each a list of entries. */
import { readdirSync, readFileSync } from 'node:fs'

const ROOT = new URL('./corpus/', import.meta.url)

/** A status, or that it is taken (`accept-same`: and given back as it was sent, or as `as`), or several of these. */
type Expectation = number | string | readonly (number | string)[]

export type CorpusEntry = {
  readonly id: string
  readonly why: string
  /** What happens where the group is at home; everywhere else the oracle alone decides. */
  readonly expect: Expectation
  readonly value?: unknown
  /** The value as JSON writes it, where no program would. */
  readonly json?: string
  /** A text that is too long for a file. */
  readonly repeat?: { readonly text: string; readonly times: number }
  readonly prefix?: string
  readonly suffix?: string
  /** Part of an address, as it is sent. */
  readonly path?: string
  /** Bytes in base64. */
  readonly raw?: string
  readonly type?: string
  readonly as?: string
  /** What becomes of a live cursor. */
  readonly mutation?: { readonly [how: string]: unknown }
  /** Whether the request is never finished. */
  readonly slow?: boolean
}

export const listCorpusGroups = (): string[] =>
  readdirSync(ROOT, { withFileTypes: true }).flatMap(one => (one.isDirectory() ? [one.name] : []))

/** The entries of a group, with the name of the group before their ids. */
export const readCorpus = (group: string): CorpusEntry[] =>
  readdirSync(new URL(`${group}/`, ROOT)).flatMap(file => {
    const entries = JSON.parse(readFileSync(new URL(`${group}/${file}`, ROOT), 'utf8')) as CorpusEntry[]
    return entries.map(entry => ({ ...entry, id: `${group}/${entry.id}` }))
  })

const entryValue = ({ value, repeat, prefix = '', suffix = '' }: CorpusEntry): unknown =>
  repeat ? `${prefix}${repeat.text.repeat(repeat.times)}${suffix}` : value

/** The entry as a value of JSON. */
export const entryJson = (entry: CorpusEntry): string =>
  entry.json ?? JSON.stringify(entryValue(entry) ?? entry.path ?? null)

/** The entry as a text of an address or a header. */
export const entryText = (entry: CorpusEntry): string => {
  const value = entryValue(entry)
  return typeof value === 'string' ? value : entryJson(entry)
}

export const entryBytes = (entry: CorpusEntry): Uint8Array =>
  entry.raw === undefined ? Buffer.from(entryText(entry)) : Buffer.from(entry.raw, 'base64')

/** Percent-encoded, halves of surrogate pairs as the bytes that they would be. */
export const percentEncode = (text: string): string =>
  [...text].map(one => (one.isWellFormed() ? encodeURIComponent(one) : '%ED%A0%80')).join('')

/** Whether this is what the entry expects; `taken` is what was given back, where something was. */
export const matchesExpectation = (entry: CorpusEntry, status: number, taken?: unknown): boolean =>
  [entry.expect].flat().some(one => {
    if (typeof one === 'number') return status === one
    if (status >= 300) return false
    return one !== 'accept-same' || taken === undefined || taken === (entry.as ?? entryValue(entry))
  })
