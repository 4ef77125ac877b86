/** A letter before it is HTML or text: what it says, in pieces. Both forms are made from it, so neither can say less. */

export type Block =
  | { readonly kind: 'paragraph'; readonly text: string }
  /** Things and amounts; `strong` sets one apart, such as the total. */
  | {
      readonly kind: 'amounts'
      readonly rows: readonly { readonly label: string; readonly amount: string; readonly strong?: boolean }[]
    }
  | { readonly kind: 'list'; readonly heading: string; readonly lines: readonly string[] }
  | { readonly kind: 'link'; readonly label: string; readonly url: string }

export type MailContent = {
  readonly subject: string
  readonly heading: string
  readonly blocks: readonly Block[]
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it finds
const BREAKS = /[\s\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g
/** Marks that turn the direction of the text after them. */
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g
const MAX_LINE = 300

/** Foreign text as one line: no control characters, nothing that turns the rest of the line around, not endless. */
export const oneLine = (text: string): string => {
  const line = text.toWellFormed().replaceAll(TURNS, '').replaceAll(BREAKS, ' ').trim()
  return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE).toWellFormed()}…` : line
}
