/** Titles of every script and length: in addresses, descriptions, and with their language and direction. */
import { expect, test } from 'vitest'
import { aBook } from '../../test/kit.ts'
import { startSite } from './site.ts'

/** Characters of several code units, which a cut may fall into. */
const CHARACTERS = ['𠮷', '👩‍👩‍👧', '🇩🇪', '각'.normalize('NFD')]
const long = CHARACTERS.flatMap((character, i) =>
  Array.from({ length: 6 }, (_, by) =>
    aBook({
      book_id: `long-${i}-${by}`,
      category: 'Long',
      title: `${'a'.repeat(76 + by)}${character}野家の本`,
      author: 'Uma Tester',
      description: `${'b'.repeat(66 + by)} ${character.repeat(40)}`,
    }),
  ),
)
const arabic = aBook({
  book_id: 'ar-1',
  category: 'Classics',
  title: 'ألف ليلة (الجزء 2)',
  author: 'نجيب سالم',
  description: 'حكايات من الشرق.',
  language: 'ara',
})
const plain = aBook({ book_id: 'en-1', category: 'Classics', title: 'Middlemarch', language: 'eng' })
const site = await startSite({ books: [...long, arabic, plain] })

const read = async (path: string) => {
  const answer = await fetch(`${site.url}${path}`)
  return { status: answer.status, url: answer.url, text: await answer.text() }
}

test('no title fails a page, wherever its slug is cut', async () => {
  for (const path of ['/', '/category/long', '/search?q=tester', '/sitemap-1.xml'])
    expect([path, (await read(path)).status]).toEqual([path, 200])
  for (const { book_id } of long) {
    const { status, url } = await read(`/books/${book_id}`)
    expect([book_id, status]).toEqual([book_id, 200])
    expect(decodeURIComponent(url)).not.toContain('\ufffd')
  }
})

test('a meta description is cut between characters, and between words where there are some', async () => {
  for (const { book_id } of long) {
    const { text } = await read(`/books/${book_id}`)
    const [, description = ''] = /<meta name="description" content="([^"]*)"/.exec(text) ?? []
    expect(description).toMatch(/…$/)
    expect(description.length).toBeLessThanOrEqual(180)
    expect(description).not.toMatch(/\ufffd|\u200d…$/)
  }
})

test('title, author and description have the language of the book, and the direction of their text', async () => {
  const { text } = await read('/books/ar-1')
  expect(text).toMatch(/<h1[^>]*dir="auto"[^>]*lang="ar"/)
  expect(text).toMatch(/<p[^>]*dir="auto"[^>]*lang="ar"[^>]*>حكايات/)
  expect(text).toContain('"inLanguage":"ar"')
  expect(text).toContain('Arabic')
  for (const path of ['/', '/category/classics', '/search?q=%D8%A3%D9%84%D9%81']) {
    const list = (await read(path)).text
    expect(list).toMatch(/<h3[^>]*dir="auto"[^>]*lang="ar"[^>]*>ألف/)
    expect(list).toMatch(/<p[^>]*dir="auto"[^>]*lang="ar"[^>]*>نجيب/)
  }
  expect((await read('/books/en-1')).text).toMatch(/<h1 dir="auto" class/)
})
