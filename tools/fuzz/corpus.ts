/** Corpus of invalid input: `tools/fuzz/corpus/<group>/*.json`, each file a list of entries. */
import { readdirSync, readFileSync } from 'node:fs'

const ROOT = new URL('./corpus/', import.meta.url)

/** Expected status, `accept` or `accept-same` (accepted and echoed as sent, or as `as`), or a list of these. */
type Expectation = number | string | readonly (number | string)[]

export type CorpusEntry = {
  readonly id: string
  readonly why: string
  /** Expected result at the group's primary target; at other injection points only the oracle decides. */
  readonly expect: Expectation
  readonly value?: unknown
  /** JSON text of the value, for values that `JSON.stringify` does not produce. */
  readonly json?: string
  /** A value too long for the file. */
  readonly repeat?: { readonly text: string; readonly times: number }
  readonly prefix?: string
  readonly suffix?: string
  /** Part of a URL, sent as it is. */
  readonly path?: string
  /** Base64-encoded bytes. */
  readonly raw?: string
  readonly type?: string
  readonly as?: string
  /** Mutation that is applied to a valid cursor. */
  readonly mutation?: { readonly [how: string]: unknown }
  /** Whether the request is never completed. */
  readonly slow?: boolean
}

export const listCorpusGroups = (): string[] =>
  readdirSync(ROOT, { withFileTypes: true }).flatMap(one => (one.isDirectory() ? [one.name] : []))

/** Reads the entries of a group; their ids are prefixed with its name. */
export const readCorpus = (group: string): CorpusEntry[] =>
  readdirSync(new URL(`${group}/`, ROOT)).flatMap(file => {
    const entries = JSON.parse(readFileSync(new URL(`${group}/${file}`, ROOT), 'utf8')) as CorpusEntry[]
    return entries.map(entry => ({ ...entry, id: `${group}/${entry.id}` }))
  })

const entryValue = ({ value, repeat, prefix = '', suffix = '' }: CorpusEntry): unknown =>
  repeat ? `${prefix}${repeat.text.repeat(repeat.times)}${suffix}` : value

/** JSON text of the entry. */
export const entryJson = (entry: CorpusEntry): string =>
  entry.json ?? JSON.stringify(entryValue(entry) ?? entry.path ?? null)

/** Text of the entry for a URL or a header. */
export const entryText = (entry: CorpusEntry): string => {
  const value = entryValue(entry)
  return typeof value === 'string' ? value : entryJson(entry)
}

export const entryBytes = (entry: CorpusEntry): Uint8Array =>
  entry.raw === undefined ? Buffer.from(entryText(entry)) : Buffer.from(entry.raw, 'base64')

/** Percent-encodes a text; lone surrogates become the bytes that UTF-8 would use for them. */
export const percentEncode = (text: string): string =>
  [...text].map(one => (one.isWellFormed() ? encodeURIComponent(one) : '%ED%A0%80')).join('')

/** Whether the response is what the entry expects; `taken` is the echoed value, if there is one. */
export const matchesExpectation = (entry: CorpusEntry, status: number, taken?: unknown): boolean =>
  [entry.expect].flat().some(one => {
    if (typeof one === 'number') return status === one
    if (status >= 300) return false
    return one !== 'accept-same' || taken === undefined || taken === (entry.as ?? entryValue(entry))
  })
