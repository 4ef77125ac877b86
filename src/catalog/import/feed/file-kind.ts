/** Files that are not tables of books, recognized by their beginning, with the way to a file that can be read. */

/** `text` is the beginning, one character per byte. */
type Kind = { readonly matches: (text: string) => boolean; readonly explanation: string }

const begins =
  (...bytes: readonly number[]): Kind['matches'] =>
  text =>
    bytes.every((byte, i) => text.charCodeAt(i) === byte)

const has =
  (pattern: RegExp): Kind['matches'] =>
  text =>
    pattern.test(text)

const AS_CSV = 'save the sheet that has the books as CSV (UTF-8) and import that'

const KINDS: readonly Kind[] = [
  {
    matches: begins(0x50, 0x4b, 0x03, 0x04),
    explanation: `a workbook of Excel or LibreOffice, or another ZIP archive: ${AS_CSV}`,
  },
  { matches: begins(0xd0, 0xcf, 0x11, 0xe0), explanation: `a workbook of an old Excel: ${AS_CSV}` },
  {
    matches: begins(0x1f, 0x8b),
    explanation: 'compressed with gzip: unpack it first, for example with gunzip',
  },
  { matches: has(/^%PDF-/), explanation: 'a PDF: ask for the same list as CSV' },
  {
    matches: has(/<(?:\w+:)?ONIXmessage\b/i),
    explanation:
      'an ONIX message, the XML format in which publishers send book data, which this import does not read: ' +
      'ask the sender for the same list as CSV, or convert it to CSV with a column for each of isbn, title, author and price',
  },
  {
    matches: has(/^\s*<(?:!doctype html|html)\b/i),
    explanation: 'a web page: download the file that the page offers, as CSV',
  },
  {
    matches: has(/^\s*<(?:\?xml|[\w:]+[\s>])/),
    explanation: 'XML, which this import does not read: convert it to CSV',
  },
]

const BYTE_ORDER_MARK = /^(?:\u00ef\u00bb\u00bf|\u00ff\u00fe|\u00fe\u00ff)/

/** What a file is instead of a table of books, as the end of "it is …"; `start` are its first bytes. */
export const explainFileKind = (start: Uint8Array): string | undefined => {
  // Without the zeros of UTF-16.
  const text = Buffer.from(start).toString('latin1').replace(BYTE_ORDER_MARK, '').replaceAll('\0', '')
  return KINDS.find(({ matches }) => matches(text))?.explanation
}
