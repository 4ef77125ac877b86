/** Lines of CSV (RFC 4180). */

/** Quotes a cell where CSV requires it, and where its characters could be taken for another delimiter. */
const quote = (cell: string): string =>
  /[",;\t\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell

/** A line of CSV with its line break. */
export const csvLine = (cells: readonly string[]): string => `${cells.map(quote).join(',')}\n`

/** Text that a spreadsheet would take for a formula, with the apostrophe before it that makes it text (OWASP, CSV injection). */
export const spreadsheetText = (text: string): string => (/^\s*[=+\-@\t\r]/.test(text) ? `'${text}` : text)
