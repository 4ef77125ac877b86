/** Names as a readable part of an address. */

const MAX = 80

/** 'Clean Code' -> 'clean-code', 'Café 1984!' -> 'cafe-1984'; letters of every script stay. Empty for a name without any. */
export const slugify = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/[\p{Mark}'’]/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{Letter}\p{Number}]+/gu, '-')
    .slice(0, MAX)
    .replaceAll(/^-+|-+$/g, '')
