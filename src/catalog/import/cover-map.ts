/** Map of cover images to books: a CSV file with a column `file` and one or more of book_id, isbn, title and author. */
import { parse } from 'csv-parse/sync'
import { normalizeIsbn } from '../isbn.ts'
import type { Book } from '../schema.ts'
import { FeedError } from './feed/attributes.ts'
import { detectEncoding, readText } from './feed/text.ts'

/** What a row of the map says of the book that a file belongs to. */
export type BookReference = {
  readonly book_id?: string
  readonly isbn?: string
  readonly title?: string
  readonly author?: string
}

/** The references by file name. */
export type CoverMap = ReadonlyMap<string, BookReference>

const COLUMNS = ['file', 'book_id', 'isbn', 'title', 'author'] as const

const plainName = (name: string): string => name.trim().toLowerCase().replaceAll(' ', '_')

/** Reads a map. Throws FeedError for a file that cannot be read or lacks columns. */
export const readCoverMap = async (file: string): Promise<CoverMap> => {
  let text = ''
  for await (const piece of readText(file, await detectEncoding(file))) text += piece
  let records: Record<string, string>[]
  try {
    records = parse(text, {
      bom: true,
      columns: (header: string[]) => header.map(plainName),
      delimiter: [',', ';', '\t'],
      skip_empty_lines: true,
      relax_column_count: true,
    })
  } catch (error) {
    throw new FeedError(`cannot read ${file}: ${error instanceof Error ? error.message : error}`)
  }
  const [first] = records
  if (first && !('file' in first && COLUMNS.slice(1, 4).some(name => name in first)))
    throw new FeedError(
      `${file} must have a header with the column file and one of book_id, isbn and title, for example: isbn,file`,
    )
  return new Map(
    records.flatMap(record => {
      const { file: name = '', ...cells } = Object.fromEntries(
        COLUMNS.flatMap(column => {
          const cell = record[column]?.trim()
          return cell ? [[column, cell] as const] : []
        }),
      )
      return name === '' ? [] : [[name, cells] as const]
    }),
  )
}

type Findable = Pick<Book, 'book_id' | 'isbn' | 'title' | 'author'>

export type CoverTarget = Pick<Book, 'book_id' | 'image_url'>

/** Finds books for covers; the reason is a sentence about the file. */
export type CoverTargets = {
  readonly add: (book: Findable & Pick<Book, 'image_url'>) => void
  /** By the name of a file without its ending: an id or an ISBN. */
  readonly byName: (name: string) => CoverTarget | undefined
  readonly byReference: (reference: BookReference) => CoverTarget | string
}

const comparableText = (text: string): string =>
  text.normalize('NFC').toLowerCase().replace(/\s+/g, ' ').trim()

export const createCoverTargets = (): CoverTargets => {
  const byId = new Map<string, CoverTarget>()
  const byIsbn = new Map<string, CoverTarget>()
  const byTitle = new Map<string, (CoverTarget & { readonly author: string })[]>()
  const findIsbn = (text: string): CoverTarget | undefined => {
    const isbn = normalizeIsbn(text)
    return isbn === undefined ? undefined : byIsbn.get(isbn)
  }
  return {
    add: ({ book_id, image_url, isbn, title, author }) => {
      const target = { book_id, image_url }
      byId.set(book_id, target)
      const normal = isbn === undefined ? undefined : normalizeIsbn(isbn)
      if (normal !== undefined) byIsbn.set(normal, target)
      const key = comparableText(title)
      byTitle.set(key, [...(byTitle.get(key) ?? []), { ...target, author: comparableText(author) }])
    },
    byName: name => byId.get(name) ?? findIsbn(name),
    byReference: ({ book_id, isbn, title, author }) => {
      if (book_id !== undefined) return byId.get(book_id) ?? `no book has the ID ${book_id}`
      if (isbn !== undefined) return findIsbn(isbn) ?? `no book has the ISBN ${isbn}`
      const titled = byTitle.get(comparableText(title ?? '')) ?? []
      const found =
        author === undefined ? titled : titled.filter(one => one.author === comparableText(author))
      const [target] = found
      if (!target) return `no book has the title ${JSON.stringify(title)}`
      return found.length === 1
        ? target
        : `${found.length} books have the title ${JSON.stringify(title)}: add a column isbn or author`
    },
  }
}
