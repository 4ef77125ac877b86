import { expect, test } from 'vitest'
import { createSimilarNames } from './similar-categories.ts'

const areAlike = (one: string, other: string): boolean => {
  const names = createSimilarNames()
  names.add(one)
  return names.add(other).length > 0
}

test.each([
  ['Fiction', 'fiction'],
  ['Science Fiction', 'science  fiction'],
  ['Sci-Fi', 'SciFi'],
  ['Biography', 'Biographies'],
  ['Comic', 'Comics'],
  ['Cookbooks', 'Cook Book'],
  ['Sci-Fi & Fantasy', 'Sci-Fi and Fantasy'],
  ["Children's Books", 'Childrens Books'],
  ['Café', 'Cafe'],
  ['Art Boxes', 'Art Box'],
])('%s and %s are alike', (one, other) => {
  expect(areAlike(one, other)).toBe(true)
  expect(areAlike(other, one)).toBe(true)
})

test.each([
  ['Fiction', 'Nonfiction'],
  ['Fiction', 'Fiction'],
  ['Class', 'Clas'],
  ['???', '!!!'],
  ['歴史', '文学'],
])('%s and %s are not', (one, other) => {
  expect(areAlike(one, other)).toBe(false)
})

test('a name is like each other spelling, and all of them are one group', () => {
  const names = createSimilarNames()
  expect(names.add('Fiction')).toEqual([])
  expect(names.add('Art')).toEqual([])
  expect(names.add('fiction')).toEqual(['Fiction'])
  expect(names.add('FICTIONS')).toEqual(['Fiction', 'fiction'])
  expect(names.add('fiction')).toEqual(['Fiction', 'FICTIONS'])
  expect(names.groups()).toEqual([['Fiction', 'fiction', 'FICTIONS']])
})
