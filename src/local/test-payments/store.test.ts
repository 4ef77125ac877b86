import { appendFileSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../../test/kit.ts'
import { createTestStore } from './store.ts'

const answer = (body: string) => ({ request: 'r', status: 200, body, savedAt: 0 })

test('what is put is there after a new start, also behind a line that a kill has cut off', () => {
  const path = join(temporaryFolder(), 'log')
  const first = createTestStore(path)
  first.put('answer', 'a', answer('1'))
  first.put('answer', 'b', answer('2'))
  first.put('answer', 'a', answer('3'))
  first.remove('answer', 'b')
  appendFileSync(path, '["answer","c",{"request":"r","sta')
  const second = createTestStore(path)
  expect(second.get('answer', 'a')).toEqual(answer('3'))
  expect(second.ids('answer')).toEqual(['a'])
  second.put('answer', 'd', answer('4'))
  expect(createTestStore(path).ids('answer')).toEqual(['a', 'd'])
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('the log forgets its past, and the oldest answers', () => {
  const path = join(temporaryFolder(), 'log')
  const store = createTestStore(path)
  for (let i = 0; i < 6_000; i++) store.put('answer', 'a', answer(String(i)))
  expect(readFileSync(path, 'utf8').split('\n').length).toBeLessThan(2_000)
  for (let i = 0; i < 2_100; i++) store.put('answer', `k${i}`, answer('x'))
  const reopened = createTestStore(path)
  expect(reopened.ids('answer')).toHaveLength(2_000)
  expect(reopened.get('answer', 'a')).toBeUndefined()
  expect(reopened.get('answer', 'k2099')).toBeDefined()
})
