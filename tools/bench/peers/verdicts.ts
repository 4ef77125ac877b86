/** Targets of CloudShelf relative to the best peer of each workload, and whether they were reached. */
import { median } from '../measure.ts'
import type { LineResult, Result, ShopResult } from './result.ts'
import { WORKLOADS } from './workloads.ts'

export type Verdict = {
  readonly what: string
  readonly target: string
  readonly reached: string
  readonly pass: boolean
}

const MAX_MEGABYTES = 260
const HIT_LEAD = 0.3

const findLabel = (shops: readonly ShopResult[], name: string): string =>
  shops.find(shop => shop.name === name)?.label ?? name

/** Best peer of a workload: the one with the smallest ratio. */
export const findBestPeer = (
  lines: readonly LineResult[],
  line: string,
): (LineResult & { ratio: number }) | undefined =>
  lines
    .flatMap(one => (one.line === line && one.ratio !== undefined ? [{ ...one, ratio: one.ratio }] : []))
    .toSorted((a, b) => a.ratio - b.ratio)[0]

const findLowest = (
  peers: readonly ShopResult[],
  value: (shop: ShopResult) => number,
): ShopResult | undefined => peers.toSorted((a, b) => value(a) - value(b))[0]

const formatTimes = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ×`

export const createVerdicts = ({ shops: [ours, ...peers], lines }: Result): Verdict[] => {
  if (!ours) return []
  const verdicts: Verdict[] = []
  for (const { name, target } of WORKLOADS) {
    const best = findBestPeer(lines, name)
    if (target === undefined || !best) continue
    const cpu =
      best.cpuRatio === undefined ? '' : `, and ${formatTimes(best.cpuRatio)} less CPU per operation`
    verdicts.push({
      what: `${name}, per second`,
      target: `${formatTimes(target)} the best peer`,
      reached: `${formatTimes(best.ratio)} ${findLabel(peers, best.shop)}${cpu}`,
      pass: best.ratio >= target,
    })
  }
  const quickest = findLowest(peers, ({ starts }) => median(starts))
  if (quickest) {
    const [our, their] = [median(ours.starts), median(quickest.starts)]
    verdicts.push({
      what: 'start of node to first book',
      target: `no slower than the fastest peer (${quickest.label}, ${their.toFixed(0)} ms)`,
      reached: `${our.toFixed(0)} ms`,
      pass: our <= their,
    })
  }
  const held = ours.after.shop + ours.after.store
  verdicts.push({
    what: 'memory after the bench, shop and engine (PSS)',
    target: `below ${MAX_MEGABYTES} MB`,
    reached: `${held.toFixed(0)} MB`,
    pass: held < MAX_MEGABYTES,
  })
  for (const set of ['main', 'hard'] as const) {
    const best = findLowest(peers, ({ hits }) => -hits[set])
    if (!best) continue
    verdicts.push({
      what: `correct first results, ${set} queries`,
      target: `${HIT_LEAD.toFixed(2)} above the best peer (${best.label}, ${best.hits[set].toFixed(3)})`,
      reached: ours.hits[set].toFixed(3),
      pass: ours.hits[set] >= best.hits[set] + HIT_LEAD - 1e-9,
    })
  }
  for (const { copies, buyers, sold, broke } of ours.crowds) {
    const due = Math.min(copies, buyers)
    verdicts.push({
      what: `${buyers} concurrent buyers, ${copies.toLocaleString('en')} copies`,
      target: `${due} sold, no server error`,
      reached: `${sold} sold, ${broke} server errors`,
      pass: sold === due && broke === 0,
    })
  }
  const failed = lines.reduce((sum, line) => sum + (line.shop === ours.name ? line.failed : 0), 0)
  verdicts.push({
    what: 'failed cart additions and checkouts',
    target: '0',
    reached: String(failed),
    pass: failed === 0,
  })
  return verdicts
}
