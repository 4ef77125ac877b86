/** Request parameters as the `stripe` package sends them: form-encoded, with brackets for what is nested. */

type Value = string | Nested
export interface Nested {
  [name: string]: Value
}

const NAME = /^([^[\]]+)((?:\[[^[\]]*\])*)$/
const MAX_DEPTH = 8

const isNested = (value: Value | undefined): value is Nested => typeof value === 'object'

const withArrays = (value: Value): unknown => {
  if (!isNested(value)) return value
  const names = Object.keys(value)
  const isArray = names.length > 0 && names.every((name, index) => name === String(index))
  return isArray
    ? Object.values(value).map(withArrays)
    : Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withArrays(inner)]))
}

/** `a[b][0]=c` as `{a: {b: ['c']}}`. Names that are not of this form are left out. */
export const decodeForm = (text: string): unknown => {
  const root: Nested = Object.create(null)
  for (const [name, value] of new URLSearchParams(text)) {
    const [, first, rest = ''] = NAME.exec(name) ?? []
    if (first === undefined) continue
    const path = [first, ...[...rest.matchAll(/\[([^[\]]*)\]/g)].map(([, part = '']) => part)]
    if (path.length > MAX_DEPTH) continue
    let at = root
    for (const part of path.slice(0, -1)) {
      const present = at[part]
      const next: Nested = isNested(present) ? present : Object.create(null)
      at[part] = next
      at = next
    }
    at[path.at(-1) ?? first] = value
  }
  return withArrays(root)
}
