/** Figures of the web benchmark, and their text form. */

/** A figure of one page or operation; `max` or `min` is its target. */
export type Figure = {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly max?: number
  readonly min?: number
  /** Additional information. */
  readonly note?: string
}

export const isMissed = ({ value, max, min }: Figure): boolean =>
  (max !== undefined && !(value <= max)) || (min !== undefined && !(value >= min))

const formatValue = (value: number): string =>
  Number.isInteger(value) ? String(value) : value.toFixed(value < 1 ? 4 : value < 100 ? 1 : 0)

const formatVerdict = (figure: Figure): string => {
  const { max, min } = figure
  if (max === undefined && min === undefined) return ''
  const target = max === undefined ? `≥ ${formatValue(min ?? 0)}` : `≤ ${formatValue(max)}`
  return `  ${target}  ${isMissed(figure) ? 'MISS' : 'ok'}`
}

export const formatFigures = (figures: readonly Figure[]): string => {
  const width = Math.max(...figures.map(({ name }) => name.length))
  return figures
    .map(figure => {
      const { name, value, unit, note } = figure
      return `${name.padEnd(width)}  ${formatValue(value).padStart(8)} ${unit}${formatVerdict(figure)}${note ? `   ${note}` : ''}`
    })
    .join('\n')
}
