/** Report of `npm run bench:cold`. */
import type { Candidate } from './cold-candidates.ts'
import { median } from './measure.ts'

const SNAPSHOT_LIMIT_MS = 150

/** Milliseconds until the handler was loaded and until the first response, and CPU time used by then. */
export type Start = { readonly loaded: number; readonly total: number; readonly cpu: number }

export const formatKilobytes = (bytes: number): string => `${Math.round(bytes / 1000)} KB`

export type Measured = Candidate & {
  readonly folder: string
  readonly sizes: string
  readonly whole: Start[]
  readonly withoutSecrets: Start[]
}

const medianTotal = (starts: readonly Start[]): number => median(starts.map(({ total }) => total))
const medianLoaded = (starts: readonly Start[]): number => median(starts.map(({ loaded }) => loaded))
const medianCpu = (starts: readonly Start[]): number => median(starts.map(({ cpu }) => cpu))
const formatMs = (value: number): string => `${value.toFixed(0)} ms`

type Named = { readonly books: number; readonly snapshotBytes: number }

/** Prints the report; returns whether a target was missed. */
export const printReport = (
  rounds: number,
  all: readonly Measured[],
  { books, snapshotBytes }: Named,
): boolean => {
  const [constant] = all
  if (!constant) throw new TypeError('nothing was measured')
  const base = medianTotal(constant.whole)
  const isOver = ({ target = Number.POSITIVE_INFINITY, whole }: Measured) =>
    medianTotal(whole) / base > target
  const lines = all.map(one => {
    const total = medianTotal(one.whole)
    const share = medianCpu(one.whole) / medianCpu(constant.whole)
    if (one.id === undefined) return [one.name, formatMs(total), '', '', formatMs(medianCpu(one.whole))]
    const secrets = total - medianTotal(one.withoutSecrets)
    const code = medianLoaded(one.withoutSecrets) - medianLoaded(constant.whole)
    const verdict = one.target === undefined ? '' : `${isOver(one) ? 'MISS' : 'ok'} (at most ${one.target})`
    return [
      one.name,
      formatMs(total),
      `${(total / base).toFixed(2)} x`,
      verdict,
      `${share.toFixed(2)} x`,
      formatMs(code),
      formatMs(secrets),
      formatMs(total - base - code - secrets),
      one.sizes,
    ]
  })
  const heads = [
    'first answer',
    'median',
    'constant',
    '',
    'CPU',
    'loading',
    'secrets',
    'answering',
    'JavaScript loaded',
  ]
  const widths = heads.map((head, i) => Math.max(head.length, ...lines.map(line => line[i]?.length ?? 0)))
  for (const line of [heads, ...lines])
    console.log(
      line
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
  const [empty, full] = [false, true].map(has =>
    medianTotal(all.find(({ id, books = false }) => id === 'BookCatalog' && books === has)?.whole ?? []),
  )
  const index = (full ?? Number.NaN) - (empty ?? Number.NaN)
  const isSlow = index > SNAPSHOT_LIMIT_MS
  console.log(
    `\n${books} books from a snapshot of ${formatKilobytes(snapshotBytes)} add ${formatMs(index)} (at most ${SNAPSHOT_LIMIT_MS}): ${isSlow ? 'MISS' : 'ok'}`,
  )
  console.log(
    `Medians of ${rounds} starts each, on this machine. They compare bundles; they do not predict Lambda's own start.`,
  )
  return all.some(isOver) || isSlow
}
