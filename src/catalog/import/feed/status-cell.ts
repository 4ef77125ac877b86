/** Status cell parser: whether a book is for sale, in the words of other shops too. What they hide must not go on sale here. */
import type { Parsed } from './cell.ts'

export type ImportedStatus = 'active' | 'retired'

const RETIRED = new Set([
  'retired',
  'archived',
  'draft',
  'pending',
  'private',
  'hidden',
  'unlisted',
  'unpublished',
  'inactive',
  'disabled',
  'discontinued',
  'trash',
])
const ACTIVE = new Set(['active', 'published', 'publish', 'visible', 'enabled'])

export const readStatusCell = (cell: string): Parsed<ImportedStatus> => {
  const text = cell.trim().toLowerCase()
  if (RETIRED.has(text)) return { value: 'retired' }
  return ACTIVE.has(text) ? { value: 'active' } : { problem: 'must be active or retired' }
}

const HIDDEN_FLAGS = new Set(['-1', '0', 'false', 'no', 'n'])
const VISIBLE_FLAGS = new Set(['1', 'true', 'yes', 'y'])

/**
 * The status that columns such as `Published` and `Visibility in catalog` give; undefined when they say nothing of it, as a year in
 * `Published`. One column that hides the product is enough: WooCommerce writes -1 for a draft and 0 for a private product.
 */
export const readVisibility = (cells: readonly string[]): ImportedStatus | undefined => {
  const words = cells.map(cell => cell.trim().toLowerCase())
  if (words.some(word => HIDDEN_FLAGS.has(word) || RETIRED.has(word))) return 'retired'
  return words.some(word => VISIBLE_FLAGS.has(word) || ACTIVE.has(word)) ? 'active' : undefined
}
