/**
 * Messages of invalid input: what is expected, for every kind of issue that zod finds, since its own messages are written for
 * programmers. A schema that knows more has its own message, which is preferred.
 */
import type * as z from 'zod'

type Issue = z.core.$ZodRawIssue

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
  null: 'null',
  date: 'a date',
}

const FORMATS: Readonly<Record<string, string>> = {
  email: 'an email address, for example jane@example.com',
  url: 'a web address, for example https://example.com',
  datetime: 'a time in UTC, for example 2025-09-05T10:00:00Z',
  date: 'a day, for example 2025-09-05',
  uuid: 'a UUID',
  base64url: 'Base64 for URLs, without padding',
}

/** Words for a size of a value: a number itself, characters of a text, entries of a list. */
const amountOf = (origin: string | undefined, amount: number | bigint): string => {
  if (origin === 'string') return `${amount} ${amount === 1 ? 'character' : 'characters'}`
  if (origin === 'array' || origin === 'set') return `${amount} ${amount === 1 ? 'entry' : 'entries'}`
  return `${amount}`
}

const bound = (issue: Issue & { readonly code: 'too_small' | 'too_big' }): string => {
  const isSmall = issue.code === 'too_small'
  const limit = amountOf(issue.origin, isSmall ? issue.minimum : issue.maximum)
  const verb = issue.origin === 'number' || issue.origin === 'int' ? 'be' : 'have'
  if (isSmall && issue.origin === 'string' && issue.minimum === 1) return 'must not be empty'
  if (issue.exact) return `must ${verb} exactly ${limit}`
  if (issue.inclusive === false) return `must ${verb} ${isSmall ? 'more' : 'less'} than ${limit}`
  return `must ${verb} at ${isSmall ? 'least' : 'most'} ${limit}`
}

const quoted = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** What is expected in place of the value that an issue is about, such as `must be a whole number`. */
export const describeIssue = (issue: Issue): string => {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is required'
      return `must be ${KINDS[issue.expected] ?? issue.expected}`
    case 'too_small':
    case 'too_big':
      return bound(issue as Issue & { readonly code: 'too_small' | 'too_big' })
    case 'invalid_format':
      return `must be ${FORMATS[issue.format as string] ?? 'in the format that the API documentation shows'}`
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'unrecognized_keys':
      return `must not have unknown fields: ${(issue.keys as readonly string[]).join(', ')}`
    case 'invalid_value': {
      const values = (issue.values as readonly unknown[]).map(quoted)
      return issue.input === undefined
        ? `is required: ${values.join(' or ')}`
        : `must be ${values.length > 1 ? `${values.slice(0, -1).join(', ')} or ${values.at(-1)}` : values[0]}`
    }
    case 'invalid_key':
      return 'must have names of fields as the API documentation shows'
    case 'invalid_element':
      return 'must have entries as the API documentation shows'
    default:
      return issue.input === undefined ? 'is required' : 'must be as the API documentation shows'
  }
}
