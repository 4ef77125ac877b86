import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Bars } from '../tools/bench/chapter.ts'
import type { LineResult, Result, ShopResult } from '../tools/bench/peers/result.ts'
import { createVerdicts } from '../tools/bench/peers/verdicts.ts'
import { createSvg } from '../tools/bench/plot.ts'
import { createPageFiles } from '../tools/bench/write-docs.ts'

test('docs/performance.md and its plots match docs/figures; to update them run npm run docs:performance', () => {
  for (const [path, content] of createPageFiles())
    expect(readFileSync(join('docs', path), 'utf8'), path).toBe(content)
})

const shop = (name: string, start: number, hit: number): ShopResult => ({
  name,
  label: name,
  version: '1',
  node: 'v24.0.0',
  database: 'none',
  starts: [start],
  rest: { shop: 100, store: 10 },
  after: { shop: 200, store: 59 },
  install: { megabytes: 1, packages: 1 },
  hits: { main: hit, hard: hit },
  crowds: [
    { copies: 10, buyers: 50, sold: 10, refused: 40, broke: 0 },
    { copies: 1_000, buyers: 50, sold: 50, refused: 0, broke: 0 },
  ],
  differs: [],
})

const line = (name: string, ratio: number | undefined): LineResult => ({
  line: 'one book',
  shop: name,
  perSecond: 1,
  p50: 1,
  p99: 1,
  operations: 1,
  shopCpu: 1,
  storeCpu: 0,
  failed: 0,
  ...(ratio === undefined ? { apart: 'other work' } : { ratio, cpuRatio: ratio }),
})

const result = (shops: ShopResult[], lines: LineResult[]): Result => ({
  at: '2026-11-25T00:00:00.000Z',
  quick: false,
  machine: { cpu: 'a', cores: 2, gigabytes: 8, system: 'b', load: 0 },
  shops,
  lines,
  absent: [],
})

const missed = (of: Result): string[] => createVerdicts(of).flatMap(({ what, pass }) => (pass ? [] : what))

test('targets compare with the best peer of each workload, and are skipped where the work is not comparable', () => {
  const ours = shop('cloudshelf', 900, 0.9)
  const peers = [shop('slow', 2_000, 0.6), shop('quick', 1_000, 0.1)]
  expect(missed(result([ours, ...peers], [line('slow', 90), line('quick', 20)]))).toEqual([])
  expect(missed(result([ours, ...peers], [line('slow', 90), line('quick', 19)]))).toEqual([
    'one book, per second',
  ])
  expect(missed(result([ours, ...peers], [line('slow', 90), line('quick', undefined)]))).toEqual([])
})

test('overselling, server errors, a slower start, more memory or worse search results miss their target', () => {
  const peers = [shop('peer', 1_000, 0.6)]
  const bad: ShopResult = {
    ...shop('cloudshelf', 1_001, 0.89),
    after: { shop: 200, store: 60 },
    crowds: [
      { copies: 10, buyers: 50, sold: 11, refused: 39, broke: 0 },
      { copies: 1_000, buyers: 50, sold: 50, refused: 0, broke: 1 },
    ],
  }
  expect(missed(result([bad, ...peers], []))).toEqual([
    'start of node to first book',
    'memory after the bench, shop and engine (PSS)',
    'correct first results, main queries',
    'correct first results, hard queries',
    '50 concurrent buyers, 10 copies',
    '50 concurrent buyers, 1,000 copies',
  ])
})

test('bars are proportional to their values, and labels are escaped', () => {
  const bars = (log: boolean): Bars => ({
    kind: 'bars',
    name: 'bars',
    title: 'Tom & <Jerry>',
    unit: 'ms',
    log,
    series: ['a', 'b', 'c'],
    groups: [{ label: 'one', values: [1, 10, 100] }],
  })
  const widths = (svg: string): number[] =>
    [...svg.matchAll(/<rect x="210" [^>]*width="([\d.]+)"/g)].map(([, width]) => Number(width))
  const [one = 0, ten = 0, hundred = 0] = widths(createSvg(bars(false)))
  expect(hundred / ten).toBeCloseTo(10, 1)
  expect(ten / one).toBeCloseTo(10, 0)
  const [, logTen = 0, logHundred = 0] = widths(createSvg(bars(true)))
  expect(logHundred / logTen).toBeCloseTo(2, 1)
  expect(createSvg(bars(true))).toContain('Tom &amp; &lt;Jerry&gt;')
})
