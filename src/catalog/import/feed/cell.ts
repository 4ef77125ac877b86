/** Result of a cell parser, and what all of them need. */

/** `problem` and `remark` complete a sentence that begins with the attribute and the cell. */
export type Parsed<V> = { readonly value: V; readonly remark?: string } | { readonly problem: string }

/** A cell without the quoting by which spreadsheets keep a text from becoming a number: ="978…" and '978…. */
export const stripSpreadsheetQuoting = (cell: string): string => {
  const bare = cell.trim()
  return (/^="?(.*?)"?$/s.exec(bare)?.[1] ?? bare).replace(/^'/, '').trim()
}

/** A number without grouping and with a decimal point; undefined when it is not a number, or ambiguous. */
export const plainNumber = (cell: string, decimalComma: boolean): string | undefined => {
  const bare = stripSpreadsheetQuoting(cell)
    .replace(/^(?:[A-Z]{3}|[$€£¥])|(?:[A-Z]{3}|[$€£¥])$/gi, '')
    .trim()
    .replace(/(?<=\d)[\s\u00a0\u202f'](?=\d{3}(?!\d))/g, '')
  const signs: readonly string[] = bare.match(/[.,]/g) ?? []
  const last = signs.at(-1)
  if (last === undefined) return bare
  const [first = last] = signs
  if (first !== undefined && first !== last) {
    const grouped = signs.indexOf(last) === signs.length - 1 && /^-?\d{1,3}([.,]\d{3})+[.,]\d*$/.test(bare)
    return grouped ? bare.replaceAll(first, '').replace(last, '.') : undefined
  }
  const inThrees = /^-?[1-9]\d{0,2}([.,]\d{3})+$/.test(bare)
  if (signs.length > 1) return inThrees ? bare.replaceAll(last, '') : undefined
  if (!inThrees) return bare.replace(last, '.')
  // With decimal points 1,250 is grouped; with decimal commas 1.250 could be either.
  if (decimalComma) return undefined
  return last === ',' ? bare.replace(',', '') : bare
}
