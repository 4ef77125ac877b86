/** The corpus of bad input as its files have it: `tools/fuzz/corpus/<group>/*.json`, each a list of entries. */
import { readdirSync, readFileSync } from 'node:fs'

const ROOT = new URL('./corpus/', import.meta.url)

/** A status, or that it is taken (`accept-same`: and given back as it was sent, or as `as`), or several of these. */
type Expect = number | string | readonly (number | string)[]

export type Entry = {
  readonly id: string
  readonly why: string
  /** What happens where the group is at home; everywhere else the oracle alone decides. */
  readonly expect: Expect
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
  readonly bend?: { readonly [how: string]: unknown }
  /** Whether the request is never finished. */
  readonly slow?: boolean
}

export const corpusGroups = (): string[] =>
  readdirSync(ROOT, { withFileTypes: true }).flatMap(one => (one.isDirectory() ? [one.name] : []))

/** The entries of a group, with the name of the group before their ids. */
export const corpus = (group: string): Entry[] =>
  readdirSync(new URL(`${group}/`, ROOT)).flatMap(file => {
    const entries = JSON.parse(readFileSync(new URL(`${group}/${file}`, ROOT), 'utf8')) as Entry[]
    return entries.map(entry => ({ ...entry, id: `${group}/${entry.id}` }))
  })

const given = ({ value, repeat, prefix = '', suffix = '' }: Entry): unknown =>
  repeat ? `${prefix}${repeat.text.repeat(repeat.times)}${suffix}` : value

/** The entry as a value of JSON. */
export const jsonOf = (entry: Entry): string =>
  entry.json ?? JSON.stringify(given(entry) ?? entry.path ?? null)

/** The entry as a text of an address or a header. */
export const textOf = (entry: Entry): string => {
  const value = given(entry)
  return typeof value === 'string' ? value : jsonOf(entry)
}

export const bytesOf = (entry: Entry): Uint8Array =>
  entry.raw === undefined ? Buffer.from(textOf(entry)) : Buffer.from(entry.raw, 'base64')

/** Percent-encoded, halves of surrogate pairs as the bytes that they would be. */
export const encoded = (text: string): string =>
  [...text].map(one => (one.isWellFormed() ? encodeURIComponent(one) : '%ED%A0%80')).join('')

/** Whether this is what the entry expects; `taken` is what was given back, where something was. */
export const isExpected = (entry: Entry, status: number, taken?: unknown): boolean =>
  [entry.expect].flat().some(one => {
    if (typeof one === 'number') return status === one
    if (status >= 300) return false
    return one !== 'accept-same' || taken === undefined || taken === (entry.as ?? given(entry))
  })
