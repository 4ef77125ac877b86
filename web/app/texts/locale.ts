/** Language of the shop, and how it counts. */

export const LOCALE = 'en-US'
export const LANGUAGE = 'en'

const NUMBER = new Intl.NumberFormat(LOCALE)
const RULES = new Intl.PluralRules(LOCALE)

/** 1191 as '1,191'. */
export const formatCount = (value: number): string => NUMBER.format(value)

/** '1 book', '2 books': the number with the word that goes with it. */
export const plural = (count: number, one: string, other: string): string =>
  `${formatCount(count)} ${RULES.select(count) === 'one' ? one : other}`
