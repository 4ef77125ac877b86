/** What the bench of the pages finds, and how a person reads it. */

/** A figure of one page or operation; with `most` or `least` it has a target. */
export type Figure = {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly most?: number
  readonly least?: number
  /** What else to know of it. */
  readonly note?: string
}

export const isMissed = ({ value, most, least }: Figure): boolean =>
  (most !== undefined && !(value <= most)) || (least !== undefined && !(value >= least))

const written = (value: number): string =>
  Number.isInteger(value) ? String(value) : value.toFixed(value < 1 ? 4 : value < 100 ? 1 : 0)

const verdict = (figure: Figure): string => {
  const { most, least } = figure
  if (most === undefined && least === undefined) return ''
  const target = most === undefined ? `≥ ${written(least ?? 0)}` : `≤ ${written(most)}`
  return `  ${target}  ${isMissed(figure) ? 'MISS' : 'ok'}`
}

export const linesOf = (figures: readonly Figure[]): string => {
  const width = Math.max(...figures.map(({ name }) => name.length))
  return figures
    .map(figure => {
      const { name, value, unit, note } = figure
      return `${name.padEnd(width)}  ${written(value).padStart(8)} ${unit}${verdict(figure)}${note ? `   ${note}` : ''}`
    })
    .join('\n')
}
