/** Content of a mail as blocks, from which both its HTML and its text are rendered. */
import { truncate } from '../core/truncate.ts'

export type Block =
  | { readonly kind: 'paragraph'; readonly text: string }
  /** Labels with amounts; `strong` emphasizes a row, such as the total. */
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
const BREAKS_AND_CONTROLS = /[\s\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g
/** Bidirectional control characters, which can reverse the text that follows. */
const BIDI_CONTROLS = /[\u202a-\u202e\u2066-\u2069]/g
const MAX_LINE = 300

/** Untrusted text as a single line: strips control and bidirectional characters, truncates at 300 characters. */
export const oneLine = (text: string): string => {
  const line = text.toWellFormed().replaceAll(BIDI_CONTROLS, '').replaceAll(BREAKS_AND_CONTROLS, ' ').trim()
  return line.length > MAX_LINE ? `${truncate(line, MAX_LINE)}…` : line
}
