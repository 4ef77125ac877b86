/** Text of a cover: title without its series, subtitle, and authors in display order. */

export type CoverText = {
  readonly title: string
  readonly subtitle: string | undefined
  readonly author: string
  readonly category: string
}

const MAX_SUBTITLE = 60
const SERIES = /\s*\([^()]*\)\s*$/

/** 'Dune (Dune Chronicles, #1)' becomes 'Dune'; the part after a colon becomes the subtitle. */
export const toCoverText = (book: {
  readonly title: string
  readonly author: string
  readonly category: string
}): CoverText => {
  const whole = (book.title.replace(SERIES, '').trim() || book.title).replaceAll("'", '’')
  const [first = whole, ...rest] = whole.split(/:\s+/)
  const subtitle = rest.join(': ')
  const [author = book.author, ...others] = book.author.split(/; |, (?=\S+ \S)/).map(name => name.trim())
  return {
    title: first,
    subtitle: subtitle === '' ? undefined : subtitle.length > MAX_SUBTITLE ? undefined : subtitle,
    author:
      others.length === 1 ? `${author} & ${others[0]}` : others.length > 1 ? `${author} et al.` : author,
    category: book.category,
  }
}
