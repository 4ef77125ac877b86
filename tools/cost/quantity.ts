/** Parser for quantities as people type them: 1M, 500k, 1_000, 2.5M, 10GB. */

const FACTORS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, b: 1e9 }
/** DynamoDB and S3 use binary gigabytes. */
const SIZES: Readonly<Record<string, number>> = { kb: 1 / 1024 ** 2, mb: 1 / 1024, gb: 1, tb: 1024 }

const NUMBER = /^(\d{1,3}(?:[,_]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*([a-z]*)$/i

/** Splits a number from its unit; undefined for anything else. */
const splitUnit = (text: string): { value: number; unit: string } | undefined => {
  const [, digits, unit = ''] = NUMBER.exec(text.trim()) ?? []
  if (digits === undefined) return undefined
  return { value: Number(digits.replaceAll(/[,_]/g, '')), unit: unit.toLowerCase() }
}

const parseScaled = (
  text: string,
  factors: Readonly<Record<string, number>>,
  largest: number,
): number | undefined => {
  const parts = splitUnit(text)
  const factor = parts && factors[parts.unit]
  if (!parts || factor === undefined) return undefined
  const number = parts.value * factor
  return number <= largest ? number : undefined
}

/** Parses a count up to a trillion: 500k is 500,000. undefined if it is not a count. */
export const parseCount = (text: string): number | undefined => parseScaled(text, FACTORS, 1e12)

/** Parses a size into gigabytes of 1024³ bytes: 512MB is 0.5. undefined without a unit. */
export const parseGigabytes = (text: string): number | undefined => parseScaled(text, SIZES, 1e9)
