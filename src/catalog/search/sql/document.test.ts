import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { SAMPLE_BOOKS } from '../../../../test/sample-books.ts'
import { DOCUMENT_VERSION, termKeys, toDocument } from './document.ts'

/** What the documents of each version are: a change of the folding or of a document needs another version, or search goes on with the old ones. */
const HASHES: Readonly<Record<number, string>> = { 1: '011c1af03c5daeb1' }

test('the version of documents is raised when they change', () => {
  const documents = SAMPLE_BOOKS.map(book => {
    const document = toDocument(book, 'Ein Buch über Wörter & C++')
    return { document, keys: document.words.map(termKeys) }
  })
  const hash = createHash('sha256').update(JSON.stringify(documents)).digest('hex').slice(0, 16)
  expect(hash, 'raise DOCUMENT_VERSION and add its hash').toBe(HASHES[DOCUMENT_VERSION])
})
