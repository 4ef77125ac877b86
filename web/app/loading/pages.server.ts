/** Links to the pages of a list: the first, the last, and those around the current one. */

export const PAGE_SIZE = 24
/** Pages on each side of the current one. */
const AROUND = 1

/** A numbered page, or a gap between two that are listed. */
export type PageLink = { readonly number: number; readonly href: string } | 'gap'

/** Links for `page` of `pages`; a gap of one page is that page. */
export const pageLinks = (page: number, pages: number, linkTo: (number: number) => string): PageLink[] => {
  const isListed = (number: number): boolean =>
    number === 1 || number === pages || Math.abs(number - page) <= AROUND
  const numbers = [1, page - 2, page - 1, page, page + 1, page + 2, pages].filter(
    (number, i, all) =>
      number >= 1 &&
      number <= pages &&
      all.indexOf(number) === i &&
      (isListed(number) || (isListed(number - 1) && isListed(number + 1))),
  )
  return numbers
    .sort((a, b) => a - b)
    .flatMap((number, i, all): PageLink[] => [
      ...(i > 0 && number - (all[i - 1] ?? 0) > 1 ? (['gap'] as const) : []),
      { number, href: linkTo(number) },
    ])
}
