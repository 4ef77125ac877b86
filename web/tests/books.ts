/** Books for the browser tests: several authors and categories, and one book of each availability. */
import type { Book } from '#src/catalog/schema.ts'
import { aBook } from '../../test/kit.ts'

export const CLEAN_CODE = aBook({ isbn: '9780132350884', published_year: 2008, language: 'en', pages: 464 })

export const books: readonly Book[] = [
  CLEAN_CODE,
  aBook({ book_id: 'tech-002', title: 'The Clean Coder', price: 35.5, stock_quantity: 3 }),
  aBook({
    book_id: 'fic-001',
    category: 'Fiction',
    title: 'The Great Gatsby',
    author: 'F. Scott Fitzgerald',
    price: 12.99,
    image_url: 'https://images.example.com/gatsby.jpg',
  }),
  aBook({
    book_id: 'fic-002',
    category: 'Fiction',
    title: 'Tender Is the Night',
    author: 'F. Scott Fitzgerald',
    price: 14,
    stock_quantity: 0,
  }),
  aBook({
    book_id: 'sf-001',
    category: 'Science Fiction',
    title: 'Solaris',
    author: 'Stanisław Lem',
    price: 9.5,
    stock_quantity: 1,
  }),
  ...Array.from({ length: 30 }, (_, i) =>
    aBook({
      book_id: `poem-${i}`,
      category: 'Poetry',
      title: `Collected Poems, Volume ${i + 1}`,
      author: `Poet ${i % 7}`,
      price: 8 + i,
    }),
  ),
]
