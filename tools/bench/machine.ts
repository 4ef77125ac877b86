/** The machine on which a bench runs, and how busy it is with other things before the bench does any. */
import { cpus, loadavg, release, type as system, totalmem } from 'node:os'
import * as z from 'zod'

export const Machine = z.object({
  cpu: z.string(),
  cores: z.number(),
  gigabytes: z.number(),
  system: z.string(),
  /** Processes that wanted a core, on average of the minute before. */
  load: z.number(),
})
export type Machine = z.infer<typeof Machine>

/** Load above which others take part in the figures. */
const MAX_QUIET_LOAD = 0.5

export const detectMachine = (): Machine => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  gigabytes: Math.round(totalmem() / 2 ** 30),
  system: `${system()} ${release()}`,
  load: loadavg()[0] ?? 0,
})

export const describeMachine = ({ cpu, cores, gigabytes, system, load }: Machine): string =>
  `${cpu}, ${cores} cores, ${gigabytes} GB, ${system}, load ${load.toFixed(1)} before it began`

/** What a reader must know of figures that were taken on a busy machine. */
export const createBusyNote = ({ load }: Machine): string[] =>
  load > MAX_QUIET_LOAD
    ? [
        '**The machine was busy with other work meanwhile: read the ratios and the CPU, not the figures per second.**',
      ]
    : []
