/** The outcomes as a table for a terminal. */
import type { Guarantee, Proof } from './guarantee.ts'
import type { Versions } from './versions.ts'

export type Outcome = Omit<Guarantee, 'prove'> & Proof & { readonly seconds: number }

export type Report = Versions & {
  readonly command: string
  readonly seed: number
  readonly started: string
  readonly outcomes: readonly Outcome[]
}

export const getVerdict = ({ holds, control }: Pick<Outcome, 'holds' | 'control'>): string => {
  if (!holds) return 'NOT KEPT'
  return control && !control.failed ? 'SHOWS NOTHING: the naive one passes too' : 'kept'
}

export const formatOutcomes = (outcomes: readonly Outcome[]): string =>
  outcomes
    .map(one =>
      [
        `${String(one.number).padStart(2)} ${one.title}: ${getVerdict(one)} (${one.seconds.toFixed(1)} s)`,
        `   tried  ${one.method}`,
        `   found  ${one.result}`,
        ...(one.control ? [`   naive  ${one.control.result}`] : []),
      ].join('\n'),
    )
    .join('\n')
