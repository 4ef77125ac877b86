/**
 * Products of a WooCommerce export: a variable product is a row without a price, and each of its variations another row that names
 * it as its parent. Properties such as the author may be in pairs of columns, `Attribute 1 name` and `Attribute 1 value(s)`.
 */
import { type Columns, fieldOfProperty } from './attributes.ts'
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
import { readVisibility } from './status-cell.ts'

const ATTRIBUTE_NAME = /^attribute (\d+) name$/i

export const createWooCommerceReader = (header: readonly string[], columns: Columns): ProductReader => {
  const find = columnFinder(header)
  const at = {
    id: find('id'),
    type: find('type'),
    sku: find('sku'),
    title: find('name'),
    parent: find('parent'),
    published: find('published'),
  }
  const pairs = header.flatMap((name, column) => {
    const number = ATTRIBUTE_NAME.exec(name.trim())?.[1]
    return number === undefined ? [] : [{ name: column, value: find(`attribute ${number} value(s)`) }]
  })
  const width = header.length

  const propertiesOf = (cells: readonly string[]): ProductProperty[] =>
    pairs.flatMap(pair => {
      const value = cellAt(cells, pair.value)
      return value === '' ? [] : [{ name: cellAt(cells, pair.name), value }]
    })

  const plainBook = (record: CsvRecord): CsvRecord => ({
    ...record,
    cells: addCells(record.cells, width, addedFrom(propertiesOf(record.cells))),
  })

  /** A hidden product hides its variations. */
  const publishedOf = (variation: readonly string[], product: readonly string[]): string => {
    const published = cellAt(product, at.published)
    return readVisibility([published]) === 'retired' ? published : cellAt(variation, at.published)
  }

  const variationBook = (record: CsvRecord, product: readonly string[]): CsvRecord => {
    const cells = inheritCells(record.cells, product, columns)
    const own = propertiesOf(record.cells)
    const chosen = own.filter(({ name }) => [undefined, 'language'].includes(fieldOfProperty(name)))
    if (chosen.length > 0)
      cells[at.title] = variantTitle(
        cellAt(product, at.title) || cellAt(cells, at.title),
        chosen.map(({ value }) => value),
      )
    cells[at.published] = publishedOf(record.cells, product)
    const added = { ...addedFrom(propertiesOf(product)), ...addedFrom(own) }
    return { ...record, cells: addCells(cells, width, added) }
  }

  return {
    shop: 'WooCommerce',
    columns: withAdded(columns, header, [
      ...Object.values(at),
      ...pairs.flatMap(({ name, value }) => [name, value]),
    ]),
    async *read(records) {
      const products = new Map<string, readonly string[]>()
      /** Variations that come before their product. */
      const waiting = new Map<string, CsvRecord[]>()
      for await (const record of records) {
        const { cells, problem } = record
        const type = cellAt(cells, at.type).toLowerCase()
        const parent = cellAt(cells, at.parent).toLowerCase()
        if (problem !== undefined) yield record
        else if (type.includes('variation')) {
          const product = products.get(parent)
          if (product) yield variationBook(record, product)
          else waiting.set(parent, [...(waiting.get(parent) ?? []), record])
        } else if (type.includes('variable')) {
          for (const key of [`id:${cellAt(cells, at.id)}`, cellAt(cells, at.sku).toLowerCase()]) {
            if (key === '') continue
            products.set(key, cells)
            for (const variation of waiting.get(key) ?? []) yield variationBook(variation, cells)
            waiting.delete(key)
          }
        } else if (!type.includes('grouped')) yield plainBook(record) // a grouped product only lists others
      }
      for (const [parent, variations] of waiting)
        for (const record of variations)
          yield { ...record, problem: `is a variation of ${parent || 'a product'} that is not in the file` }
    },
  }
}
