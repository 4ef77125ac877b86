/** A chapter of docs/performance.md as a bench writes it down: `docs/figures/<bench>.json`, one per bench. */
import * as z from 'zod'

const Table = z.object({
  title: z.string(),
  columns: z.array(z.string()),
  rows: z.array(z.array(z.string())),
})
export type Table = z.infer<typeof Table>

/** Bars in groups: one group per thing measured, one bar per who did it. */
const Bars = z.object({
  kind: z.literal('bars'),
  name: z.string().regex(/^[a-z-]+$/),
  title: z.string(),
  unit: z.string(),
  /** For values that span several powers of ten. */
  log: z.boolean(),
  series: z.array(z.string()),
  groups: z.array(z.object({ label: z.string(), values: z.array(z.number().nullable()) })),
})
export type Bars = z.infer<typeof Bars>

/** Lines over x. */
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
  /** Chapters stand in this order. */
  place: z.number(),
  title: z.string(),
  /** What a person types to measure it again. */
  command: z.string(),
  /** ISO 8601. */
  at: z.string(),
  machine: z.string(),
  versions: z.string(),
  /** Paragraphs under the title. */
  text: z.array(z.string()),
  tables: z.array(Table),
  plots: z.array(Plot),
  differs: z.array(z.string()),
  notTested: z.array(z.string()),
})
export type Chapter = z.infer<typeof Chapter>
