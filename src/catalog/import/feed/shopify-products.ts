/**
 * Products of a Shopify export: the rows of a product have one handle. The first has the product and its first variant, each next
 * one a variant, an image, or both.
 */
import { sha256 } from '../../../core/ids.ts'
import { BookId } from '../../schema.ts'
import type { Columns } from './attributes.ts'
import {
  addCells,
  addedFrom,
  type CsvRecord,
  cellAt,
  columnFinder,
  inheritCells,
  type ProductProperty,
  type ProductReader,
  variantTitle,
  withAdded,
} from './products.ts'

const OPTIONS = [1, 2, 3] as const
/** What Shopify writes for a product without variants. */
const NO_OPTION = 'default title'
/** Product types that say nothing of the contents of a book. */
const ONLY_A_FORM =
  /^(?:(?:print|printed|paper|physical)?\s*books?|e-?books?|audio\s?books?|paperbacks?|hard(?:cover|back)s?|soft(?:cover|back)s?|livres?|libros?|bücher|buch)$/i

const HASH_LENGTH = 8
const MAX_ID = 50

/** A text as an id; one that must be changed or cut for it ends with a hash, so that two texts stay two ids. */
const toId = (text: string): string => {
  if (BookId.safeParse(text).success) return text
  const plain = text
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .slice(0, MAX_ID - HASH_LENGTH - 1)
    .replace(/^-+|-+$/g, '')
  return `${plain}-${sha256(text).slice(0, HASH_LENGTH)}`.replace(/^-/, '')
}

export const createShopifyReader = (header: readonly string[], columns: Columns): ProductReader => {
  const find = columnFinder(header)
  const at = {
    handle: find('handle', 'url handle'),
    title: find('title'),
    vendor: find('vendor'),
    type: find('type', 'custom product type'),
    productCategory: find('product category', 'standard product type'),
    price: find('variant price', 'price'),
    sku: find('variant sku', 'sku'),
    productImage: find('image src', 'product image url'),
  }
  const options = OPTIONS.map(i => ({
    name: find(`option${i} name`),
    value: find(`option${i} value`),
  }))
  const width = header.length

  const isVariant = ({ cells }: CsvRecord): boolean =>
    [at.price, at.sku, ...options.map(({ value }) => value)].some(column => cellAt(cells, column) !== '')

  const optionsOf = (cells: readonly string[], product: readonly string[]): ProductProperty[] =>
    options.flatMap(({ name, value: column }) => {
      const value = cellAt(cells, column)
      if (value === '' || value.toLowerCase() === NO_OPTION) return []
      return [{ name: cellAt(product, name), value }]
    })

  /** The product type, unless it only says that it is a book; tags are genres, of which the first is the category then. */
  const categoryOf = (product: readonly string[]): string => {
    const type = cellAt(product, at.type)
    if (type !== '' && !ONLY_A_FORM.test(type)) return type
    const hasGenres = (columns.places.get('genres') ?? []).some(column => cellAt(product, column) !== '')
    return hasGenres ? '' : (cellAt(product, at.productCategory).split('>').at(-1)?.trim() ?? '')
  }

  /** The id of a variant whose SKU does not identify it. */
  const idOf = (handle: string, values: readonly string[], sku: string, isSkuUnique: boolean): string => {
    if (isSkuUnique && BookId.safeParse(sku).success) return ''
    return toId([handle, ...values].join('-').replace(/\s+/g, '-'))
  }

  function* booksOf(group: readonly CsvRecord[]): Generator<CsvRecord> {
    const [first] = group
    if (!first) return
    const product = first.cells
    const variants = group.filter((record, i) => i === 0 || record.problem !== undefined || isVariant(record))
    const skus = variants.map(({ cells }) => cellAt(cells, at.sku))
    for (const [i, record] of variants.entries()) {
      if (record.problem !== undefined) {
        yield record
        continue
      }
      const cells = inheritCells(record.cells, product, columns)
      const chosen = optionsOf(record.cells, product)
      const values = variants.length > 1 ? chosen.map(({ value }) => value) : []
      cells[at.title] = variantTitle(cellAt(cells, at.title), values)
      // The image in the row of a variant is the next one of the product.
      if (at.productImage >= 0) cells[at.productImage] = cellAt(product, at.productImage)
      const sku = skus[i] ?? ''
      const isSkuUnique = skus.indexOf(sku) === skus.lastIndexOf(sku)
      yield {
        ...record,
        cells: addCells(cells, width, {
          ...addedFrom(chosen),
          foreign_id: idOf(cellAt(product, at.handle), values, sku, isSkuUnique),
          category: categoryOf(product),
          author: cellAt(product, at.vendor),
        }),
      }
    }
  }

  return {
    shop: 'Shopify',
    columns: withAdded(columns, header, [
      ...Object.values(at),
      ...options.flatMap(({ name, value }) => [name, value]),
    ]),
    async *read(records) {
      let group: CsvRecord[] = []
      for await (const record of records) {
        const [first] = group
        if (first && cellAt(first.cells, at.handle) !== cellAt(record.cells, at.handle)) {
          yield* booksOf(group)
          group = []
        }
        group.push(record)
      }
      yield* booksOf(group)
    },
  }
}
