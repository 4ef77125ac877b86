/** Parsers for the values of options and arguments. Each returns the value, or throws InvalidArgumentError that says what it must be. */
import { InvalidArgumentError } from 'commander'
import { normalizeEmail } from '../accounts/email.ts'
import { readPriceCell } from '../catalog/import/feed/price-cell.ts'
import { CategoryName, MAX_STOCK } from '../catalog/schema.ts'
import { readSettings } from '../composition/settings.ts'
import { examplePrice, type MinorUnits } from '../core/money.ts'

const mustBe = (expected: string): InvalidArgumentError => new InvalidArgumentError(`It must be ${expected}.`)

/** A calendar day such as 2025-09-05. */
export const parseDay = (text: string): string => {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text))) return text
  throw mustBe('a date, for example 2025-09-05')
}

/** The normalized email. */
export const parseEmail = (text: string): string => {
  const email = normalizeEmail(text)
  if (email === undefined) throw mustBe('an email address, for example you@example.com')
  return email
}

/** A price in the currency of the shop, in the spellings that an import understands. */
export const parsePrice = (text: string): MinorUnits => {
  const { currency } = readSettings()
  const price = readPriceCell(text, false, currency)
  if (price && 'value' in price && price.value > 0) return price.value
  throw mustBe(`a price in ${currency.code}, for example ${examplePrice(currency)}`)
}

export const parseStock = (text: string): number => {
  if (/^\d{1,7}$/.test(text) && Number(text) <= MAX_STOCK) return Number(text)
  throw mustBe(`a whole number from 0 to ${MAX_STOCK}`)
}

/** Seconds for which a shop takes no writes. */
export const parsePause = (text: string): number => {
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : 0
  if (seconds >= 5 && seconds <= 3_600) return seconds
  throw mustBe('a whole number of seconds from 5 to 3600')
}

export const parseCategory = (text: string): string => {
  const parsed = CategoryName.safeParse(text)
  if (parsed.success) return parsed.data
  throw mustBe('a category name of 1 to 60 characters')
}
