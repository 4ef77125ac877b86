/** Report of a run, and its text form for a terminal. */
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
  return control && !control.failed ? 'INCONCLUSIVE: the naive implementation passes too' : 'holds'
}

export const formatOutcomes = (outcomes: readonly Outcome[]): string =>
  outcomes
    .map(one =>
      [
        `${String(one.number).padStart(2)} ${one.title}: ${getVerdict(one)} (${one.seconds.toFixed(1)} s)`,
        `   method  ${one.method}`,
        `   result  ${one.result}`,
        ...(one.control ? [`   naive  ${one.control.result}`] : []),
      ].join('\n'),
    )
    .join('\n')
