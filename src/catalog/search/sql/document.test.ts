import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { USD } from '../../../../test/currencies.ts'
import { SAMPLE_BOOKS } from '../../../../test/sample-books.ts'
import { parseBook } from '../../table.ts'
import { DOCUMENT_VERSION, termKeys, toDocument } from './document.ts'

/** What the documents of each version are: a change of the folding or of a document needs another version, or search goes on with the old ones. */
const HASHES: Readonly<Record<number, string>> = { 1: '20575fe45d4dcc70' }

test('the version of documents is raised when they change', () => {
  const documents = SAMPLE_BOOKS.map(({ price, availability: _, ...book }) => {
    const stored = parseBook(
      { ...book, price: price / 100, stock_quantity: 9, updated_at: book.created_at },
      USD,
    )
    if ('problem' in stored) throw new Error(stored.problem)
    const document = toDocument({ ...stored, description: 'Ein Buch über Wörter & C++' })
    return { document, keys: document.words.map(termKeys) }
  })
  const hash = createHash('sha256').update(JSON.stringify(documents)).digest('hex').slice(0, 16)
  expect(hash, 'raise DOCUMENT_VERSION and add its hash').toBe(HASHES[DOCUMENT_VERSION])
})
