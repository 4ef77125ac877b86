/** Title splitter: customers type the main title and leave out subtitle and series, so search weighs them apart. */

/** The parts of a title as printed; `subtitle` and `series` are empty when there is none. */
export type TitleParts = { readonly main: string; readonly subtitle: string; readonly series: string }

/** Splits "Main: Subtitle (Series, #1)"; a title that consists of a parenthesis only is all main. */
export const titleParts = (title: string): TitleParts => {
  let rest = title.trimEnd()
  let series = ''
  if (rest.endsWith(')')) {
    const open = rest.lastIndexOf('(')
    if (open > 0) {
      series = rest.slice(open + 1, -1)
      rest = rest.slice(0, open)
    }
  }
  const colon = rest.indexOf(': ')
  return colon > 0
    ? { main: rest.slice(0, colon), subtitle: rest.slice(colon + 1), series }
    : { main: rest, subtitle: '', series }
}
