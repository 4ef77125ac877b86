/** Lighthouse scores of the pages on a simulated phone: medians of several runs, compared with a text-only page. */
import { createServer, get, type Server } from 'node:http'
import lighthouse from 'lighthouse'
import { freePort } from '../../../test/shop-process.ts'
import { launchBrowser } from '../../../web/tests/browser.ts'
import { median } from '../measure.ts'
import type { Figure } from './figures.ts'

type Target = {
  readonly name: string
  readonly path: string
  readonly cookie?: string
  /** Whether search engines may index the page. */
  readonly isPublic: boolean
}
type Audited = Omit<Target, 'path'> & { readonly url: string }
type Category = 'performance' | 'accessibility' | 'best-practices' | 'seo'
type Run = Readonly<Record<Category, number>> & {
  readonly shift: number
  readonly largest: number
  /** Failed audits. */
  readonly faults: readonly string[]
}

const CATEGORIES: readonly Category[] = ['performance', 'accessibility', 'best-practices', 'seo']
const MIN_SCORES: Readonly<Record<Category, number>> = {
  performance: 95,
  accessibility: 100,
  'best-practices': 100,
  seo: 100,
}
const MAX_LAYOUT_SHIFT = 0.02

/** Audits in a new browser with an empty cache. */
const audit = async ({ url, cookie }: Audited) => {
  const port = await freePort()
  const browser = await launchBrowser([`--remote-debugging-port=${port}`])
  try {
    return await lighthouse(url, {
      port,
      output: 'json',
      logLevel: 'error',
      onlyCategories: [...CATEGORIES],
      ...(cookie === undefined ? {} : { extraHeaders: { cookie } }),
    })
  } finally {
    await browser.close()
  }
}

const runOnce = async (target: Audited): Promise<Run> => {
  const { url } = target
  const result = await audit(target)
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

const createFigures = ({ name, isPublic }: Audited, runs: readonly Run[]): Figure[] => {
  const middle = (pick: (run: Run) => number): number => median(runs.map(pick))
  const faults = [...new Set(runs.flatMap(run => run.faults))].join(', ')
  const asked = CATEGORIES.filter(category => category !== 'seo' || isPublic)
  return [
    ...asked.map(category => ({
      name: `${name}: ${category}`,
      value: middle(run => run[category]),
      unit: 'of 100',
      least: MIN_SCORES[category],
      note:
        category === 'performance'
          ? `largest paint ${(middle(run => run.largest) / 1000).toFixed(2)} s`
          : category === 'accessibility'
            ? faults
            : '',
    })),
    { name: `${name}: layout shift`, value: middle(run => run.shift), unit: '', max: MAX_LAYOUT_SHIFT },
  ]
}

const listen = async (server: Server): Promise<number> => {
  const port = await freePort()
  await new Promise<void>(done => server.listen(port, '127.0.0.1', done))
  return port
}

/**
 * Proxy through which Lighthouse loads the shop without `Referrer-Policy`: driven by Lighthouse, this Chromium (147) cancels every
 * document that has this header.
 */
const createLighthouseProxy = (origin: string): Server =>
  createServer((asked, answer) => {
    const { host: _host, ...headers } = asked.headers
    get(new URL(asked.url ?? '/', origin), { headers }, given => {
      const { 'referrer-policy': _policy, ...kept } = given.headers
      answer.writeHead(given.statusCode ?? 500, kept)
      given.pipe(answer)
    }).on('error', () => answer.destroy())
  })

const REFERENCE_PAGE =
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Constant</title></head><body><main><h1>Constant</h1><p>Nothing but text.</p></main></body></html>'

/** Interleaved runs, so that other load affects all pages. */
export const measureLighthouse = async (
  origin: string,
  pages: readonly Target[],
  times: number,
): Promise<Figure[]> => {
  const constant = createServer((_, answer) =>
    answer.setHeader('content-type', 'text/html; charset=utf-8').end(REFERENCE_PAGE),
  )
  const shop = createLighthouseProxy(origin)
  try {
    const [port, shopPort] = [await listen(constant), await listen(shop)]
    const reference: Audited = { name: 'constant page', url: `http://127.0.0.1:${port}/`, isPublic: false }
    const targets = pages.map(page => ({ ...page, url: `http://localhost:${shopPort}${page.path}` }))
    const all = [reference, ...targets]
    const runs = new Map<Audited, Run[]>(all.map(target => [target, []]))
    for (let i = 0; i < times; i++) for (const target of all) runs.get(target)?.push(await runOnce(target))
    return [
      {
        name: 'constant page: performance',
        value: median((runs.get(reference) ?? []).map(run => run.performance)),
        unit: 'of 100',
      },
      ...targets.flatMap(target => createFigures(target, runs.get(target) ?? [])),
    ]
  } finally {
    constant.close()
    shop.close()
  }
}
