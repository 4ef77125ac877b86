/** Slugs: names as a readable part of a URL. */
import { truncate } from './truncate.ts'

const MAX = 80

/**
 * 'Clean Code' -> 'clean-code', 'Café 1984!' -> 'cafe-1984'; keeps letters of every script. Empty for a name without
 * letters and digits.
 */
export const slugify = (name: string): string =>
  truncate(
    name
      .normalize('NFKD')
      .replaceAll(/[\p{Mark}'’]/gu, '')
      .toLowerCase()
      .replaceAll(/[^\p{Letter}\p{Number}]+/gu, '-'),
    MAX,
  ).replaceAll(/^-+|-+$/g, '')
