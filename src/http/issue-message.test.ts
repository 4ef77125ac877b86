/** Tests that every kind of invalid input is answered with what is expected, at every field of every endpoint. */
import { expect, test } from 'vitest'
import * as z from 'zod'
import { ENDPOINTS } from '../composition/endpoints.ts'
import { EXAMPLES } from '../openapi/examples.ts'
import { describeIssue } from './issue-message.ts'

const messagesOf = (schema: z.ZodType, value: unknown): string[] => {
  const parsed = schema.safeParse(value, { error: describeIssue })
  return parsed.success ? [] : parsed.error.issues.map(({ message }) => message)
}

test.each([
  [z.string(), undefined, 'is required'],
  [z.string(), null, 'must be a text'],
  [z.int(), 1.5, 'must be a whole number'],
  [z.number(), '7', 'must be a number'],
  [z.array(z.int()), {}, 'must be a list'],
  [z.int().min(1), 0, 'must be at least 1'],
  [z.number().positive(), 0, 'must be more than 0'],
  [z.int().max(99), 100, 'must be at most 99'],
  [z.string().min(1), '', 'must not be empty'],
  [z.string().min(12), 'short', 'must have at least 12 characters'],
  [z.string().max(1), 'ab', 'must have at most 1 character'],
  [z.string().length(3), 'ab', 'must have exactly 3 characters'],
  [z.array(z.int()).max(2), [1, 2, 3], 'must have at most 2 entries'],
  [z.email(), 'jane', 'must be an email address, for example jane@example.com'],
  [z.string().regex(/^x$/), 'y', 'must be in the format that the API documentation shows'],
  [z.number().multipleOf(5), 7, 'must be a multiple of 5'],
  [z.strictObject({}), { a: 1, b: 2 }, 'must not have unknown fields: a, b'],
  [z.enum(['a', 'b', 'c']), 'd', 'must be a, b or c'],
  [z.enum(['a', 'b']), undefined, 'is required: a or b'],
  [z.literal(true), false, 'must be true'],
  [z.union([z.string(), z.int()]), {}, 'must be as the API documentation shows'],
  [
    z.record(z.string().max(1), z.int()),
    { long: 1 },
    'must have names of fields as the API documentation shows',
  ],
  [z.string().regex(/^x$/, { error: 'must be x' }), 'y', 'must be x'],
] as const)('%# an issue says what is expected', (schema, value, message) => {
  expect(messagesOf(schema, value)).toEqual([message])
})

const WRONG: readonly unknown[] = [
  undefined,
  null,
  '',
  'x',
  'x'.repeat(5_000),
  -1,
  0.123456,
  1e300,
  true,
  [],
  [[]],
  {},
  { y: 1 },
]

/** `value` with each of its fields, at any depth, replaced by each wrong value, and with a field that is not known. */
const variants = (value: unknown): unknown[] => {
  if (Array.isArray(value))
    return [...WRONG, ...value.flatMap((one, i) => variants(one).map(other => value.with(i, other)))]
  if (typeof value !== 'object' || value === null) return [...WRONG]
  return [
    ...WRONG,
    { ...value, unknown_field: 1 },
    ...Object.entries(value).flatMap(([name, one]) =>
      variants(one).map(other => ({ ...value, [name]: other })),
    ),
  ]
}

test('no endpoint answers invalid input with a message of the schema library', () => {
  const seen = new Map<string, string>()
  for (const { id, params, query, headers, body } of ENDPOINTS)
    for (const schema of [params, query, headers, body]) {
      if (schema === undefined || schema === 'bytes') continue
      const shape = schema instanceof z.ZodObject ? schema.shape : {}
      const fields = Object.fromEntries(Object.keys(shape).map(name => [name, 'x']))
      for (const base of [EXAMPLES[id]?.request, fields])
        for (const value of variants(base))
          for (const message of messagesOf(schema, value)) seen.set(message, id)
    }
  expect(seen.size).toBeGreaterThan(25)
  expect([...seen].filter(([message]) => !/^(must |is required)/.test(message))).toEqual([])
})
