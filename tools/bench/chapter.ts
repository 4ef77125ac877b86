/** Chapter of docs/performance.md, stored by each benchmark as `docs/figures/<bench>.json`. */
import * as z from 'zod'

const Table = z.object({
  title: z.string(),
  columns: z.array(z.string()),
  rows: z.array(z.array(z.string())),
})
export type Table = z.infer<typeof Table>

/** Grouped bars: one group per measured thing, one bar per series. */
const Bars = z.object({
  kind: z.literal('bars'),
  name: z.string().regex(/^[a-z-]+$/),
  title: z.string(),
  unit: z.string(),
  /** Logarithmic scale, for values that span several powers of ten. */
  log: z.boolean(),
  series: z.array(z.string()),
  groups: z.array(z.object({ label: z.string(), values: z.array(z.number().nullable()) })),
})
export type Bars = z.infer<typeof Bars>

/** Line plot. */
const Curves = z.object({
  kind: z.literal('curves'),
  name: z.string().regex(/^[a-z-]+$/),
  title: z.string(),
  unit: z.string(),
  xUnit: z.string(),
  log: z.boolean(),
  series: z.array(z.object({ label: z.string(), points: z.array(z.tuple([z.number(), z.number()])) })),
})
export type Curves = z.infer<typeof Curves>

export const Plot = z.discriminatedUnion('kind', [Bars, Curves])
export type Plot = z.infer<typeof Plot>

export const Chapter = z.object({
  /** Order of the chapters. */
  place: z.number(),
  title: z.string(),
  /** Command that repeats the measurement. */
  command: z.string(),
  /** ISO 8601. */
  at: z.string(),
  machine: z.string(),
  versions: z.string(),
  /** Paragraphs below the title. */
  text: z.array(z.string()),
  tables: z.array(Table),
  plots: z.array(Plot),
  differs: z.array(z.string()),
  notTested: z.array(z.string()),
})
export type Chapter = z.infer<typeof Chapter>
