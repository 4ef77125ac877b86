/** Share of the processors that other programs use: a bound of time that is missed meanwhile says nothing about the shop. */
import { readdirSync, readFileSync } from 'node:fs'

/** Above this share, times are those of a machine that does something else as well. */
const MAX_SHARE = 0.1

type Ticks = { readonly total: number; readonly idle: number; readonly own: number }

/** Fields of /proc/<pid>/stat after the name, which may contain blanks and parentheses; empty when the process has ended. */
const readStat = (pid: string): string[] => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

/** Processor time of this process and all its descendants, those that have ended included. */
const sumOwnTicks = (): number => {
  const children = new Map<string, string[]>()
  const ticks = new Map<string, number>()
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    const fields = readStat(pid)
    const parent = fields[1]
    if (parent === undefined) continue
    children.set(parent, [...(children.get(parent) ?? []), pid])
    ticks.set(
      pid,
      fields.slice(11, 15).reduce((sum, one) => sum + Number(one), 0),
    )
  }
  const sumTree = (pid: string): number =>
    (children.get(pid) ?? []).reduce((sum, child) => sum + sumTree(child), ticks.get(pid) ?? 0)
  return sumTree(String(process.pid))
}

const readTicks = (): Ticks | undefined => {
  try {
    const [, ...all] = (readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? '').trim().split(/\s+/)
    // User, nice, system, idle, I/O wait, interrupts, soft interrupts, and time that the host gave to other machines.
    const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, hard = 0, soft = 0, stolen = 0] =
      all.map(Number)
    const total = user + nice + system + idle + wait + hard + soft + stolen
    return { total, idle: idle + wait, own: sumOwnTicks() }
  } catch {
    return undefined
  }
}

/**
 * Starts watching; the returned function says why times since then cannot be judged, or undefined if they can. Where there is
 * no /proc, it is always undefined.
 */
export const watchOtherWork = (maxShare = MAX_SHARE): (() => string | undefined) => {
  const from = readTicks()
  return () => {
    const to = readTicks()
    if (!from || !to || to.total === from.total) return undefined
    const share =
      (to.total - from.total - (to.idle - from.idle) - (to.own - from.own)) / (to.total - from.total)
    return share > maxShare
      ? `other programs used ${(100 * share).toFixed(0)} % of the processors`
      : undefined
  }
}
