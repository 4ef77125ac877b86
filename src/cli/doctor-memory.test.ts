/** What doctor says of a catalogue that is too large for the memory of the functions. */
import { expect, test } from 'vitest'
import { aBook, createTestShop } from '../../test/kit.ts'
import { checkFunctionMemory, checkSnapshot } from './doctor-checks.ts'

const OPTION = /deploy with `--context memory=BookCatalog=\d+,IndexConsumer=\d+`/

test('a snapshot without an index says what the functions need', async () => {
  const shop = await createTestShop({ books: [aBook()], env: { AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128' } })
  expect(await checkSnapshot(shop.deps)).toMatchObject({ state: 'ok', found: expect.stringMatching(/^none/) })
  await shop.deps.liveIndex.save()
  expect(await checkSnapshot(shop.deps)).toMatchObject({
    state: 'warn',
    found: expect.stringMatching(/^1 book, 0 minutes old: .* search is off$/),
    mend: expect.stringMatching(OPTION),
  })
})

test('the memory of functions is checked on AWS alone, and by the number of books', () => {
  const endpoint = 'https://dynamodb.eu-central-1.amazonaws.com'
  expect(checkFunctionMemory({ endpoint: undefined }, 5_000_000)).toEqual([])
  expect(checkFunctionMemory({ endpoint: 'http://127.0.0.1:8000' }, 5_000_000)).toEqual([])
  expect(checkFunctionMemory({ endpoint }, 10_000)).toMatchObject([{ state: 'ok' }])
  expect(checkFunctionMemory({ endpoint }, 5_000_000)).toMatchObject([
    { state: 'warn', mend: expect.stringMatching(OPTION) },
  ])
})
