/** Statements, parameters and values as the Data API of Amazon Aurora takes and gives them. */
import type { SqlParam } from './sql.ts'
import { parseInteger, toText } from './values.ts'

export type DataApiParameter = {
  readonly name: string
  readonly value: { readonly stringValue: string } | { readonly isNull: true }
}

export type DataApiField = {
  readonly isNull?: boolean
  readonly booleanValue?: boolean
  readonly longValue?: number
  readonly doubleValue?: number
  readonly stringValue?: string
}

/** A literal, a dollar-quoted text, or a parameter. */
const TOKEN = /'(?:[^']|'')*'|\$\$.*?\$\$|\$(\d+)/gs

/**
 * The statement with named parameters: `:p1` instead of `$1`. It is not documented whether a colon in a literal counts as the beginning of one, so that
 * such a literal is written with the colon escaped.
 */
export const toDataApiText = (text: string): string =>
  text.replace(TOKEN, (token: string, number: string | undefined) => {
    if (number !== undefined) return `:p${number}`
    if (!token.startsWith("'") || !token.includes(':')) return token
    return `U&${token.replaceAll('\\', '\\\\').replaceAll(':', '\\003A')}`
  })

/** Parameters of a statement, all as text: `p1`, `p2` … */
export const toParameters = (params: readonly SqlParam[]): DataApiParameter[] =>
  params.map((param, i) => {
    const text = toText(param)
    return { name: `p${i + 1}`, value: text === null ? { isNull: true } : { stringValue: text } }
  })

const INTEGERS = new Set(['int2', 'int4', 'int8', 'smallserial', 'serial', 'bigserial'])
const FLOATS = new Set(['float4', 'float8'])
const HAS_ZONE = /([+-]\d\d(:?\d\d)?|Z)$/

/** A value as `SqlRow` has it. Throws RangeError for what it has no value for, such as an array. */
export const parseField = (field: DataApiField | undefined, typeName: string): unknown => {
  if (field === undefined || field.isNull) return null
  if (field.booleanValue !== undefined) return field.booleanValue
  const value = field.stringValue ?? field.longValue ?? field.doubleValue
  if (value === undefined)
    throw new RangeError(`a value of type ${typeName} must be selected as text or JSON`)
  if (INTEGERS.has(typeName)) return parseInteger(String(value))
  if (FLOATS.has(typeName)) return Number(value)
  const text = String(value)
  if (typeName === 'json' || typeName === 'jsonb') return JSON.parse(text) as unknown
  // The time zone of the cluster is UTC.
  return typeName === 'timestamptz' && !HAS_ZONE.test(text) ? `${text}+00` : text
}
