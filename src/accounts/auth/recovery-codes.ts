/** Recovery codes: how they are made, and how they are read. The sign-in library stores them encrypted. */
import { randomInt } from 'node:crypto'

/** Digits and letters of which no two look alike. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ'
const CODES = 10
const GROUPS = 3
const GROUP_LENGTH = 4
/** Length of a code without its hyphens: 58 random bits. */
const LENGTH = GROUPS * GROUP_LENGTH

const newCode = (): string =>
  Array.from({ length: GROUPS }, () =>
    Array.from({ length: GROUP_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join(''),
  ).join('-')

/** New codes such as 'K7M2-QX8V-D4TN'. */
export const newRecoveryCodes = (): string[] => Array.from({ length: CODES }, newCode)

/** Codes from before had two groups of five, in which upper and lower case differ. */
const OLD_LENGTH = 10

/** A code as it is stored, from one typed in any case, with or without hyphens and blanks. */
export const readRecoveryCode = (typed: string): string => {
  const letters = typed.normalize('NFKC').replaceAll(/[^a-z0-9]/gi, '')
  if (letters.length === OLD_LENGTH) return `${letters.slice(0, 5)}-${letters.slice(5)}`
  if (letters.length !== LENGTH) return typed
  return (letters.toUpperCase().match(/.{4}/g) ?? []).join('-')
}
