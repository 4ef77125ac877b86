/** Machine of a benchmark, with its load before the run. */
import { cpus, loadavg, release, type as system, totalmem } from 'node:os'
import * as z from 'zod'

export const Machine = z.object({
  cpu: z.string(),
  cores: z.number(),
  gigabytes: z.number(),
  system: z.string(),
  /** Load average of the minute before the run. */
  load: z.number(),
})
export type Machine = z.infer<typeof Machine>

/** Load average above which other processes affect the figures. */
const MAX_QUIET_LOAD = 0.5

export const detectMachine = (): Machine => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  gigabytes: Math.round(totalmem() / 2 ** 30),
  system: `${system()} ${release()}`,
  load: loadavg()[0] ?? 0,
})

export const describeMachine = ({ cpu, cores, gigabytes, system, load }: Machine): string =>
  `${cpu}, ${cores} cores, ${gigabytes} GB, ${system}, load ${load.toFixed(1)} before the run`

/** Warning about figures taken on a busy machine. */
export const createBusyNote = ({ load }: Machine): string[] =>
  load > MAX_QUIET_LOAD
    ? ['**The machine was busy with other work: rely on ratios and CPU, not on operations per second.**']
    : []
