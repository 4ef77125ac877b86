import { expect, test } from 'vitest'
import type { BookSummary } from '#src/catalog/schema.ts'
import { toCards } from './cards.server.ts'

const book: BookSummary = {
  book_id: 'tech-001',
  category: 'Technology',
  title: 'Clean Code',
  author: 'Robert C. Martin',
  price: 42.99,
  availability: 'in_stock',
}

test('a book whose card cannot be drawn is left out and logged, and the others are shown', () => {
  const reported: unknown[] = []
  const broken = { ...book, book_id: 'broken', author: undefined as unknown as string }
  const cards = toCards({ currency: 'USD', report: error => reported.push(error) }, [broken, book])
  expect(cards.map(({ book_id }) => book_id)).toEqual(['tech-001'])
  expect(reported.map(String)).toEqual([expect.stringContaining('broken')])
})

test('a card names a language other than the page’s, and no image of another host', () => {
  const context = { currency: 'USD', report: () => {} }
  const [card] = toCards(context, [
    { ...book, language: 'ger', image_url: 'https://images.example.com/a.jpg' },
  ])
  expect(card).toMatchObject({ lang: 'de' })
  expect(card).not.toHaveProperty('image_url')
  for (const language of ['en', 'eng', 'mul', '???'])
    expect(toCards(context, [{ ...book, language }])[0]).not.toHaveProperty('lang')
})
