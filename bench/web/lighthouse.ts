/** What Lighthouse says of the pages, as on a phone: the median of several runs, beside a page that is nothing but text. */
import { createServer } from 'node:http'
import lighthouse from 'lighthouse'
import { launchBrowser } from '../../web/tests/browser.ts'
import { median } from '../measure.ts'
import { freePort } from '../shop-process.ts'
import type { Figure } from './figures.ts'

type Target = {
  readonly name: string
  readonly url: string
  readonly cookie?: string
  /** A page that search engines may show. */
  readonly isPublic: boolean
}
type Category = 'performance' | 'accessibility' | 'best-practices' | 'seo'
type Run = Readonly<Record<Category, number>> & {
  readonly shift: number
  readonly largest: number
  /** What it found fault with. */
  readonly faults: readonly string[]
}

const CATEGORIES: readonly Category[] = ['performance', 'accessibility', 'best-practices', 'seo']
const LEAST: Readonly<Record<Category, number>> = {
  performance: 95,
  accessibility: 100,
  'best-practices': 100,
  seo: 100,
}
const SHIFT = 0.02

const runOnce = async ({ url, cookie }: Target, port: number): Promise<Run> => {
  const result = await lighthouse(url, {
    port,
    output: 'json',
    logLevel: 'error',
    onlyCategories: [...CATEGORIES],
    disableStorageReset: true,
    ...(cookie === undefined ? {} : { extraHeaders: { cookie } }),
  })
  if (!result) throw new Error(`Lighthouse said nothing of ${url}`)
  const { categories, audits, runtimeError } = result.lhr
  if (runtimeError) throw new Error(`${url}: ${runtimeError.message}`)
  const score = (name: Category): number => Math.round(100 * (categories[name]?.score ?? 0))
  const faults = CATEGORIES.filter(name => name !== 'performance').flatMap(name =>
    (categories[name]?.auditRefs ?? [])
      .filter(({ id, weight }) => weight > 0 && (audits[id]?.score ?? 1) < 1)
      .map(({ id }) => id),
  )
  return {
    performance: score('performance'),
    accessibility: score('accessibility'),
    'best-practices': score('best-practices'),
    seo: score('seo'),
    shift: audits['cumulative-layout-shift']?.numericValue ?? Number.NaN,
    largest: audits['largest-contentful-paint']?.numericValue ?? Number.NaN,
    faults,
  }
}

const figuresOf = ({ name, isPublic }: Target, runs: readonly Run[]): Figure[] => {
  const middle = (pick: (run: Run) => number): number => median(runs.map(pick))
  const faults = [...new Set(runs.flatMap(run => run.faults))].join(', ')
  const asked = CATEGORIES.filter(category => category !== 'seo' || isPublic)
  return [
    ...asked.map(category => ({
      name: `${name}: ${category}`,
      value: middle(run => run[category]),
      unit: 'of 100',
      least: LEAST[category],
      note:
        category === 'performance'
          ? `largest paint ${(middle(run => run.largest) / 1000).toFixed(2)} s`
          : category === 'accessibility'
            ? faults
            : '',
    })),
    { name: `${name}: layout shift`, value: middle(run => run.shift), unit: '', most: SHIFT },
  ]
}

const CONSTANT =
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Constant</title></head><body><main><h1>Constant</h1><p>Nothing but text.</p></main></body></html>'

/** Runs turn by turn, so that what else the machine does hits all pages. */
export const measureLighthouse = async (targets: readonly Target[], times: number): Promise<Figure[]> => {
  const constant = createServer((_, answer) =>
    answer.setHeader('content-type', 'text/html; charset=utf-8').end(CONSTANT),
  )
  const [port, debugging] = [await freePort(), await freePort()]
  await new Promise<void>(done => constant.listen(port, '127.0.0.1', done))
  const browser = await launchBrowser([`--remote-debugging-port=${debugging}`])
  try {
    const reference: Target = { name: 'constant page', url: `http://127.0.0.1:${port}/`, isPublic: false }
    const all = [reference, ...targets]
    const runs = new Map<Target, Run[]>(all.map(target => [target, []]))
    for (let i = 0; i < times; i++)
      for (const target of all) runs.get(target)?.push(await runOnce(target, debugging))
    return [
      {
        name: 'constant page: performance',
        value: median((runs.get(reference) ?? []).map(run => run.performance)),
        unit: 'of 100',
      },
      ...targets.flatMap(target => figuresOf(target, runs.get(target) ?? [])),
    ]
  } finally {
    await browser.close()
    constant.close()
  }
}
