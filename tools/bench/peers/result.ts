/** Result of a comparison run: figures of each shop, and of each shop per workload. */
import * as z from 'zod'
import { Machine } from '../machine.ts'

const Memory = z.object({ shop: z.number(), store: z.number() })
const CrowdResult = z.object({
  copies: z.number(),
  buyers: z.number(),
  sold: z.number(),
  refused: z.number(),
  /** Responses with a server error. */
  broke: z.number(),
  told: z.string().optional(),
})
export type CrowdResult = z.infer<typeof CrowdResult>

const ShopResult = z.object({
  name: z.string(),
  label: z.string(),
  version: z.string(),
  node: z.string(),
  database: z.string(),
  /** Milliseconds from the start of node to the first book, per start. */
  starts: z.array(z.number()),
  /** Megabytes (PSS). */
  rest: Memory,
  after: Memory,
  install: z.object({ megabytes: z.number(), packages: z.number() }),
  /** Share of queries with a correct first result. */
  hits: z.object({ main: z.number(), hard: z.number() }),
  crowds: z.array(CrowdResult),
  differs: z.array(z.string()),
})
export type ShopResult = z.infer<typeof ShopResult>

const LineResult = z.object({
  line: z.string(),
  shop: z.string(),
  perSecond: z.number(),
  /** Milliseconds. */
  p50: z.number(),
  p99: z.number(),
  operations: z.number(),
  /** Milliseconds of CPU per operation. */
  shopCpu: z.number(),
  storeCpu: z.number(),
  failed: z.number(),
  /** For a peer: CloudShelf's throughput as a multiple of the peer's, and how many times less CPU it used. */
  ratio: z.number().optional(),
  cpuRatio: z.number().optional(),
  /** Why there is no ratio. */
  apart: z.string().optional(),
})
export type LineResult = z.infer<typeof LineResult>

export const Result = z.object({
  at: z.string(),
  quick: z.boolean(),
  machine: Machine,
  /** CloudShelf first. */
  shops: z.array(ShopResult),
  lines: z.array(LineResult),
  absent: z.array(z.string()),
})
export type Result = z.infer<typeof Result>
