/** CPU time and memory of processes from Linux's /proc; left out on other systems. */
import { readFileSync } from 'node:fs'

/** Clock ticks per second in /proc, the same on every Linux that Node supports. */
const TICKS = 100

/** CPU seconds (user and system) of a process; undefined without /proc. */
export const cpuSeconds = (pid: number): number | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [, , , , , , , , , , , user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return (Number(user) + Number(system)) / TICKS
  } catch {
    return undefined
  }
}

/** Megabytes (10^6 bytes) of processes, with shared pages divided among their users (PSS). */
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

/** Percentile of sorted values. */
export const percentile = (sorted: ArrayLike<number>, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN

export const median = (values: readonly number[]): number =>
  percentile(
    values.toSorted((a, b) => a - b),
    0.5,
  )
