/** Covers from a folder: each file is the cover of the book whose id or ISBN it is called. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { ShopError } from '../../core/errors.ts'
import { prepareCover } from '../cover.ts'
import { normalizeIsbn } from '../isbn.ts'
import type { Book } from '../schema.ts'
import { type CatalogDeps, setCover } from '../service.ts'
import { isBook } from '../table.ts'

/** What became of one file. */
export type CoverOutcome = {
  readonly file: string
  readonly kind: 'put' | 'unchanged' | 'unmatched' | 'refused'
  readonly book_id?: string
  readonly reason?: string
}

export type CoverImportOptions = {
  /** Only say what would be done. */
  readonly dryRun?: boolean | undefined
  /** Who does it, for the audit. */
  readonly actor: string
}

const MAX_BYTES = 5 * 1024 * 1024
const IMAGE = /\.(jpe?g|png|webp|avif)$/i

type Known = Pick<Book, 'book_id' | 'image_url'>

/** The shop's books by id and by ISBN. */
const knownBooks = async ({ books }: CatalogDeps): Promise<(name: string) => Known | undefined> => {
  const byId = new Map<string, Known>()
  const byIsbn = new Map<string, Known>()
  for await (const rows of books.rows())
    for (const row of rows) {
      if (!isBook(row)) continue
      const { book_id, image_url } = row
      const known = { book_id, image_url }
      byId.set(book_id, known)
      const isbn = row.isbn === undefined ? undefined : normalizeIsbn(row.isbn)
      if (isbn !== undefined) byIsbn.set(isbn, known)
    }
  return name => {
    const isbn = normalizeIsbn(name)
    return byId.get(name) ?? (isbn === undefined ? undefined : byIsbn.get(isbn))
  }
}

/** The bytes of a file, or why there are none to be had. */
const readPicture = async (path: string): Promise<Buffer | string> => {
  try {
    const { size } = await stat(path)
    return size > MAX_BYTES ? 'is larger than 5 MB' : await readFile(path)
  } catch (error) {
    return `cannot be read: ${(error as NodeJS.ErrnoException).code}`
  }
}

const importOne = async (
  deps: CatalogDeps,
  path: string,
  { book_id, image_url }: Known,
  { dryRun, actor }: CoverImportOptions,
): Promise<Omit<CoverOutcome, 'file'>> => {
  const picture = await readPicture(path)
  if (typeof picture === 'string') return { kind: 'refused', book_id, reason: picture }
  try {
    const { url, keep } = await prepareCover(book_id, picture)
    if (url === image_url) return { kind: 'unchanged', book_id }
    if (!dryRun) {
      await keep(deps.blobs)
      await setCover(deps, actor, book_id, url)
    }
    return { kind: 'put', book_id }
  } catch (error) {
    if (!(error instanceof ShopError) || error.code === 'store_unavailable') throw error
    return { kind: 'refused', book_id, reason: error.message }
  }
}

/**
 * Takes the images of `folder` (JPEG, PNG, WebP, AVIF, told by their content) as covers, in the order of their names, and tells
 * what became of each. Idempotent: a second run writes nothing. Throws ShopError store_unavailable, and the system's own
 * error for a folder that cannot be read.
 */
export async function* importCovers(
  deps: CatalogDeps,
  folder: string,
  options: CoverImportOptions,
): AsyncGenerator<CoverOutcome> {
  const files = (await readdir(folder)).filter(file => IMAGE.test(file)).sort()
  const find = await knownBooks(deps)
  for (const file of files) {
    const known = find(parse(file).name)
    if (known) yield { file, ...(await importOne(deps, join(folder, file), known, options)) }
    else
      yield {
        file,
        kind: 'unmatched',
        reason: 'is called neither like an id nor like an ISBN of a book here',
      }
  }
}
