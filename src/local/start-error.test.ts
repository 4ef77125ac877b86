import { expect, test } from 'vitest'
import { StartError } from './start-error.ts'

test('a message of several lines becomes a single line', () => {
  const cause = new Error('why')
  const error = new StartError('no engine:\n  set   DYNAMODB_ENDPOINT\n', { cause })
  expect(error.message).toBe('no engine: set DYNAMODB_ENDPOINT')
  expect(error.cause).toBe(cause)
})
