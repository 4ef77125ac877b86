import { expect, test } from 'vitest'
import { BucketError } from '../core/aws/s3-objects.ts'
import { explainError } from './errors.ts'

const refused = (status: number, code: string) =>
  explainError(
    new BucketError('GET', 'AWSDynamoDB/1/a', { status, body: Buffer.from(`<Code>${code}</Code>`) }),
  )

test('a refusal of a bucket is one line that says what to do', () => {
  expect(refused(403, 'AccessDenied')).toBe(
    'the bucket responded with 403 (AccessDenied) to GET AWSDynamoDB/1/a: your credentials must be allowed to read and delete its objects',
  )
  expect(refused(301, 'PermanentRedirect')).toContain('in the Region of the tables')
  expect(refused(404, 'NoSuchKey')).toBe('the bucket responded with 404 (NoSuchKey) to GET AWSDynamoDB/1/a')
})
