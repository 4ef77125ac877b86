/** What a process has used of the machine, from Linux's /proc; elsewhere these figures are left out. */
import { readFileSync } from 'node:fs'

/** Clock ticks of /proc per second, the same on every Linux that Node runs on. */
const TICKS = 100

/** Seconds of CPU, user and system, that a process has used so far; undefined where /proc does not say. */
export const cpuSeconds = (pid: number): number | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [, , , , , , , , , , , user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(user) + Number(system)) / TICKS
  } catch {
    return undefined
  }
}

/** Megabytes (10^6 bytes) that these processes hold, shared pages divided among those who share them (PSS). */
export const memoryMegabytes = (pids: readonly number[]): number | undefined => {
  try {
    const kilobytes = pids.map(pid =>
      Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]),
    )
    return (kilobytes.reduce((sum, one) => sum + one, 0) * 1024) / 1e6
  } catch {
    return undefined
  }
}

/** The value below which this share of the sorted values lies. */
export const percentile = (sorted: ArrayLike<number>, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN

export const median = (values: readonly number[]): number =>
  percentile(
    values.toSorted((a, b) => a - b),
    0.5,
  )
