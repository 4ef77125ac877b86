import { describe, expect, test } from 'vitest'
import { FeedError, parseColumnMap, readColumns, toCells } from './attributes.ts'

const none = new Map()
const meaning = (header: string[], map: string[] = []) =>
  Object.fromEntries(
    [...readColumns(header, parseColumnMap(map)).places].map(([a, at]) => [a, at.map(i => header[i])]),
  )

describe('The columns of a header', () => {
  test('are known by their usual names, whatever their case, blanks and underscores', () => {
    expect(meaning(['ISBN-13', 'Book Title', 'AUTHORS', 'List Price', 'Qty', 'Publication_Year'])).toEqual({
      isbn: ['ISBN-13'],
      title: ['Book Title'],
      author: ['AUTHORS'],
      price: ['List Price'],
      stock_quantity: ['Qty'],
      published_year: ['Publication_Year'],
    })
  })

  test('may name one attribute twice, and then the better name comes first', () => {
    expect(meaning(['isbn10', 'isbn13', 'Year', 'Original Publication Year'])).toEqual({
      isbn: ['isbn13', 'isbn10'],
      published_year: ['Original Publication Year', 'Year'],
    })
    const columns = readColumns(['isbn10', 'isbn13'], none)
    expect(toCells(['0132350882', ' '], columns).get('isbn')).toEqual(['0132350882'])
  })

  test('that nobody knows are named as unused', () => {
    expect(readColumns(['title', 'Verlag', ''], none).unused).toEqual(['Verlag'])
  })

  test('mean what the operator says, before all usual names', () => {
    expect(meaning(['Preis', 'price', 'Titel'], ['preis=price', 'Titel=title'])).toEqual({
      price: ['Preis', 'price'],
      title: ['Titel'],
    })
  })

  test('are left out when the operator says so', () => {
    expect(meaning(['sku', 'title'], ['SKU='])).toEqual({ title: ['title'] })
  })

  test('may have an equals sign in their name', () => {
    expect(meaning(['a=b'], ['a=b=title'])).toEqual({ title: ['a=b'] })
  })
})

test.each(['title', 'Preis=colour', '=title'])('The mapping %s is refused', entry => {
  expect(() => parseColumnMap([entry])).toThrow(FeedError)
})
