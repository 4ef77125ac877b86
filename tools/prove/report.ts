/** The outcomes as a table for a terminal. */
import type { Promised, Proof } from './guarantee.ts'
import type { Versions } from './versions.ts'

export type Outcome = Omit<Promised, 'prove'> & Proof & { readonly seconds: number }

export type Report = Versions & {
  readonly command: string
  readonly seed: number
  readonly started: string
  readonly outcomes: readonly Outcome[]
}

export const verdictOf = ({ holds, control }: Pick<Outcome, 'holds' | 'control'>): string => {
  if (!holds) return 'NOT KEPT'
  return control && !control.failed ? 'SHOWS NOTHING: the naive one passes too' : 'kept'
}

export const tableOf = (outcomes: readonly Outcome[]): string =>
  outcomes
    .map(one =>
      [
        `${String(one.number).padStart(2)} ${one.promise}: ${verdictOf(one)} (${one.seconds.toFixed(1)} s)`,
        `   tried  ${one.tried}`,
        `   found  ${one.found}`,
        ...(one.control ? [`   naive  ${one.control.found}`] : []),
      ].join('\n'),
    )
    .join('\n')
