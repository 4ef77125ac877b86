import { expect, test } from 'vitest'
import { categorySegments, isSegmentOf, uniqueCategoryPath, uniqueSegment } from './category-path.ts'

test('categories have short addresses, and those with one slug each its own', () => {
  const names = [
    'Fiction',
    'Sci-Fi',
    'fiction',
    'FICTION',
    'sci fi',
    'SciFi',
    'Café',
    'cafe',
    '???',
    '!!!',
    '..',
    'A/B',
  ]
  const segments = categorySegments(names)
  expect(new Set(segments.values()).size).toBe(names.length)
  expect(segments.get('Fiction')).toBe('fiction')
  expect(segments.get('fiction')).toBe(uniqueSegment('fiction'))
  expect(segments.get('Sci-Fi')).toBe('sci-fi')
  expect(segments.get('SciFi')).toBe('scifi')
  expect(segments.get('A/B')).toBe('a-b')
  for (const segment of segments.values()) expect(segment).toMatch(/^[\p{Letter}\p{Number}-]+$/u)
})

test('a category whose slug is the unique address of another one does not take it', () => {
  const other = uniqueSegment('fiction')
  const segments = categorySegments([other, 'Fiction', 'fiction'])
  expect(segments.get('fiction')).toBe(other)
  expect(new Set(segments.values()).size).toBe(3)
})

test('every address that a category ever had means it', () => {
  for (const segment of ['Sci-Fi', 'sci-fi', uniqueSegment('Sci-Fi')])
    expect(isSegmentOf(segment, 'Sci-Fi')).toBe(true)
  expect(isSegmentOf(uniqueSegment('sci-fi'), 'Sci-Fi')).toBe(false)
  expect(uniqueCategoryPath('日本/本')).toMatch(/^\/category\/%E6%97%A5%E6%9C%AC-%E6%9C%AC-[a-z0-9]{7}$/)
})
