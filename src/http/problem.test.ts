import { expect, test } from 'vitest'
import * as z from 'zod'
import { errorCodes, errorStatus, ShopError } from '../core/errors.ts'
import { invalidRequest, Problem, problem } from './problem.ts'

test.each(errorCodes)('%s is a problem document with its status', async code => {
  const answer = problem(new ShopError(code, 'What is wrong.', { items: [1] }))
  expect(answer.status).toBe(errorStatus[code])
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(answer.headers.has('retry-after')).toBe(answer.status === 503)
  const body = Problem.parse(await answer.json())
  expect(body).toMatchObject({
    type: 'about:blank',
    status: answer.status,
    code,
    detail: 'What is wrong.',
    items: [1],
  })
})

test('extra members cannot replace the standard members of a problem document', async () => {
  const extra = { status: 'x', code: 'x', type: 'x', title: 'x', detail: 'x' }
  const body = await problem(new ShopError('not_found', 'Nothing.', extra)).json()
  const title = 'Not found'
  expect(body).toEqual({ type: 'about:blank', title, status: 404, code: 'not_found', detail: 'Nothing.' })
})

test('validation errors name their fields, at most 20 of them', () => {
  const schema = z.strictObject({ a: z.object({ b: z.number() }), c: z.array(z.string()) })
  const wrong = { a: { b: 'x' }, c: Array.from({ length: 100 }, () => 1), ['y'.repeat(5_000)]: 1 }
  const error = invalidRequest('body', schema.safeParse(wrong).error ?? new z.ZodError([]))
  const { errors } = error.extra as { errors: { where: string; message: string }[] }
  expect(error.code).toBe('invalid_request')
  expect(errors[0]?.where).toBe('body.a.b')
  expect(errors[1]?.where).toBe('body.c.0')
  expect(errors).toHaveLength(20)
  for (const { where, message } of errors) expect(where.length + message.length).toBeLessThanOrEqual(400)
})
