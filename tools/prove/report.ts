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

export const getVerdict = ({
  holds,
  undecided,
  control,
}: Pick<Outcome, 'holds' | 'undecided' | 'control'>): string => {
  if (!holds) return 'NOT KEPT'
  if (control && !control.failed) return 'INCONCLUSIVE: the naive implementation passes too'
  return undecided === undefined ? 'holds' : `UNDECIDED: ${undecided}`
}

/** Exit code of a run: 0 if every guarantee holds, 3 if some could not be decided because the machine was busy, otherwise 1. */
export const getExitCode = (outcomes: readonly Outcome[]): number => {
  const open = outcomes.filter(one => getVerdict(one) !== 'holds')
  if (open.length === 0) return 0
  return open.every(one => getVerdict(one).startsWith('UNDECIDED')) ? 3 : 1
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
