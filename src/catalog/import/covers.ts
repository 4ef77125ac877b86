/** Import of cover images from a folder: each file is named by the id or the ISBN of its book, or a map says which it is. */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join, parse } from 'node:path'
import { ShopError } from '../../core/errors.ts'
import { prepareCover } from '../cover.ts'
import type { CatalogDeps } from '../deps.ts'
import { setCover } from '../service.ts'
import { isBook } from '../table.ts'
import {
  type BookReference,
  type CoverMap,
  type CoverTarget,
  type CoverTargets,
  createCoverTargets,
} from './cover-map.ts'

/** Result of one file. */
export type CoverOutcome = {
  readonly file: string
  readonly kind: 'put' | 'unchanged' | 'unmatched' | 'refused'
  readonly book_id?: string
  readonly reason?: string
}

export type CoverImportOptions = {
  /** Which file belongs to which book, where the name does not say it. */
  readonly map?: CoverMap | undefined
  /** Report without writing. */
  readonly dryRun?: boolean | undefined
  /** For the audit: an account's id, or what else acts. */
  readonly actor: string
}

const MAX_BYTES = 5 * 1024 * 1024
const IMAGE = /\.(jpe?g|png|webp|avif)$/i

/** All books of the shop, retired or not, as targets. */
const readTargets = async ({ books }: CatalogDeps): Promise<CoverTargets> => {
  const targets = createCoverTargets()
  for await (const rows of books.rows()) for (const row of rows) if (isBook(row)) targets.add(row)
  return targets
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

const NO_MATCH = 'must be named by the id or the ISBN of a book in this shop, or be in a map (--map)'

/**
 * Imports the images of `folder` (JPEG, PNG, WebP, AVIF) as covers, in the order of their names, and yields the outcome of
 * each; files in the map belong to its books, others to the book whose id or ISBN is their name. Idempotent: a second run writes
 * nothing. Throws ShopError store_unavailable, and the system's error for a folder that cannot be read.
 */
export async function* importCovers(
  deps: CatalogDeps,
  folder: string,
  options: CoverImportOptions,
): AsyncGenerator<CoverOutcome> {
  const { map = new Map<string, BookReference>() } = options
  const files = new Set((await readdir(folder)).filter(file => IMAGE.test(file)))
  const targets = await readTargets(deps)
  for (const file of [...new Set([...files, ...map.keys()])].sort()) {
    const reference = map.get(file)
    const target = reference ? targets.byReference(reference) : targets.byName(parse(file).name)
    if (!files.has(file)) yield { file, kind: 'unmatched', reason: 'is not an image in the folder' }
    else if (typeof target === 'object')
      yield { file, ...(await importOne(deps, join(folder, file), target, options)) }
    else yield { file, kind: 'unmatched', reason: target ?? NO_MATCH }
  }
}
