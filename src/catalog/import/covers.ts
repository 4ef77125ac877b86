/** Import of cover images from a folder: each file is named by the id or the ISBN of its book. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { ShopError } from '../../core/errors.ts'
import { prepareCover } from '../cover.ts'
import type { CatalogDeps } from '../deps.ts'
import { normalizeIsbn } from '../isbn.ts'
import type { Book } from '../schema.ts'
import { setCover } from '../service.ts'
import { isBook } from '../table.ts'

/** Result of one file. */
export type CoverOutcome = {
  readonly file: string
  readonly kind: 'put' | 'unchanged' | 'unmatched' | 'refused'
  readonly book_id?: string
  readonly reason?: string
}

export type CoverImportOptions = {
  /** Report without writing. */
  readonly dryRun?: boolean | undefined
  /** For the audit: an account's id, or what else acts. */
  readonly actor: string
}

const MAX_BYTES = 5 * 1024 * 1024
const IMAGE = /\.(jpe?g|png|webp|avif)$/i

type CoverTarget = Pick<Book, 'book_id' | 'image_url'>

/** Finds the shop's books by id and by ISBN. */
const indexBooks = async ({ books }: CatalogDeps): Promise<(name: string) => CoverTarget | undefined> => {
  const byId = new Map<string, CoverTarget>()
  const byIsbn = new Map<string, CoverTarget>()
  for await (const rows of books.rows())
    for (const row of rows) {
      if (!isBook(row)) continue
      const { book_id, image_url } = row
      const target = { book_id, image_url }
      byId.set(book_id, target)
      const isbn = row.isbn === undefined ? undefined : normalizeIsbn(row.isbn)
      if (isbn !== undefined) byIsbn.set(isbn, target)
    }
  return name => {
    const isbn = normalizeIsbn(name)
    return byId.get(name) ?? (isbn === undefined ? undefined : byIsbn.get(isbn))
  }
}

/** The bytes of a file, or the reason why it cannot be taken. */
const readImage = async (path: string): Promise<Buffer | string> => {
  try {
    const { size } = await stat(path)
    return size > MAX_BYTES ? 'must be at most 5 MB' : await readFile(path)
  } catch (error) {
    return `cannot be read: ${(error as NodeJS.ErrnoException).code}`
  }
}

const importOne = async (
  deps: CatalogDeps,
  path: string,
  { book_id, image_url }: CoverTarget,
  { dryRun, actor }: CoverImportOptions,
): Promise<Omit<CoverOutcome, 'file'>> => {
  const image = await readImage(path)
  if (typeof image === 'string') return { kind: 'refused', book_id, reason: image }
  try {
    const { url, store } = await prepareCover(book_id, image)
    if (url === image_url) return { kind: 'unchanged', book_id }
    if (!dryRun) {
      await store(deps.blobs)
      await setCover(deps, actor, book_id, url)
    }
    return { kind: 'put', book_id }
  } catch (error) {
    if (!(error instanceof ShopError) || error.code === 'store_unavailable') throw error
    return { kind: 'refused', book_id, reason: error.message }
  }
}

/**
 * Imports the images of `folder` (JPEG, PNG, WebP, AVIF) as covers, in the order of their names, and yields the outcome of
 * each. Idempotent: a second run writes nothing. Throws ShopError store_unavailable, and the system's error for a folder that
 * cannot be read.
 */
export async function* importCovers(
  deps: CatalogDeps,
  folder: string,
  options: CoverImportOptions,
): AsyncGenerator<CoverOutcome> {
  const files = (await readdir(folder)).filter(file => IMAGE.test(file)).sort()
  const find = await indexBooks(deps)
  for (const file of files) {
    const target = find(parse(file).name)
    if (target) yield { file, ...(await importOne(deps, join(folder, file), target, options)) }
    else
      yield {
        file,
        kind: 'unmatched',
        reason: 'must be named by the id or the ISBN of a book in this shop',
      }
  }
}
