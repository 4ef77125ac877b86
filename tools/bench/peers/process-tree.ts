/** What a process and all its children have used: a database works in processes that come and go. */
import { readdirSync, readFileSync } from 'node:fs'
import { memoryMegabytes } from '../measure.ts'

const TICKS = 100

type Stat = { readonly parent: number; readonly ticks: number }

/** User and system time, with that of children that have ended. */
const readStat = (pid: number): Stat | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [user, system, childUser, childSystem] = fields.slice(11, 15).map(Number)
    return {
      parent: Number(fields[1]),
      ticks: (user ?? 0) + (system ?? 0) + (childUser ?? 0) + (childSystem ?? 0),
    }
  } catch {
    return undefined
  }
}

/** The process and its descendants, but those under `except`. */
export const listProcessTree = (root: number, except?: number): number[] => {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    const stat = /^\d+$/.test(name) ? readStat(Number(name)) : undefined
    if (stat) parents.set(Number(name), stat.parent)
  }
  const family: number[] = []
  const visit = (pid: number): void => {
    if (pid === except || !parents.has(pid)) return
    family.push(pid)
    for (const [child, parent] of parents) if (parent === pid) visit(child)
  }
  visit(root)
  return family
}

/** Seconds of CPU so far. */
export const processTreeCpu = (root: number, except?: number): number =>
  listProcessTree(root, except).reduce((sum, pid) => sum + (readStat(pid)?.ticks ?? 0), 0) / TICKS

/** Megabytes (PSS) of the family. */
export const processTreeMemory = (root: number, except?: number): number | undefined =>
  memoryMegabytes(listProcessTree(root, except))
