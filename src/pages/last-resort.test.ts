import { expect, test } from 'vitest'
import { ShopError } from '../core/errors.ts'
import { lastResort } from './last-resort.ts'

const read = async (refused: ShopError | undefined) => {
  const answer = lastResort(refused)
  return [answer.status, /<h1>(.*)<\/h1>/.exec(await answer.text())?.[1]]
}

test('the page of last resort gives the reason of a refusal, and no internal detail', async () => {
  expect(await read(new ShopError('cross_site_request', ''))).toEqual([
    403,
    'This form wasn’t sent from our website',
  ])
  expect(await read(new ShopError('body_too_large', ''))).toEqual([413, 'This form is too large'])
  expect(await read(new ShopError('store_busy', ''))).toEqual([503, 'We’re very busy right now'])
  expect(await read(new ShopError('malformed_request', ''))).toEqual([400, 'We couldn’t read this request'])
  expect(await read(undefined)).toEqual([500, 'Something went wrong on our end'])
})
