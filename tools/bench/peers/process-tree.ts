/** CPU time and memory of a process with all its children, because databases use several processes. */
import { readdirSync, readFileSync } from 'node:fs'
import { memoryMegabytes } from '../measure.ts'

const TICKS = 100

type Stat = { readonly parent: number; readonly ticks: number }

/** User and system time, including ended children. */
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

/** The process and its descendants, except the subtree of `except`. */
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

/** CPU seconds so far. */
export const processTreeCpu = (root: number, except?: number): number =>
  listProcessTree(root, except).reduce((sum, pid) => sum + (readStat(pid)?.ticks ?? 0), 0) / TICKS

/** Memory in megabytes (PSS). */
export const processTreeMemory = (root: number, except?: number): number | undefined =>
  memoryMegabytes(listProcessTree(root, except))
