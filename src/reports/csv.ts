/** A report as CSV, for spreadsheets. */
import { csvLine, spreadsheetText } from '../core/csv.ts'
import type { ReportResult } from './schema.ts'

/** Minor units as a decimal number with all decimals of the currency, exactly: -1234 with two as '-12.34'. */
export const minorText = (minor: number, decimals: number): string => {
  const digits = String(Math.abs(minor)).padStart(decimals + 1, '0')
  const sign = minor < 0 ? '-' : ''
  return decimals === 0
    ? `${sign}${digits}`
    : `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

/** Lines with a heading, which has the names of the columns; amounts are decimal numbers in the currency of the last column. */
export const toCsv = ({ columns, rows, currency, decimals }: ReportResult): string => {
  const hasMoney = columns.some(({ kind }) => kind === 'money')
  const last = (text: string): readonly string[] => (hasMoney ? [text] : [])
  const head = csvLine([...columns.map(({ name }) => name.replace(/_minor$/, '')), ...last('currency')])
  const lines = rows.map(row =>
    csvLine([
      ...row.map((cell, i) => {
        if (cell === null) return ''
        if (typeof cell === 'string') return spreadsheetText(cell)
        return columns[i]?.kind === 'money' ? minorText(cell, decimals) : String(cell)
      }),
      ...last(currency),
    ]),
  )
  return head + lines.join('')
}
