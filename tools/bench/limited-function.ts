/** A function's bundle in a process with a limit of memory, as on Lambda: a control group of Linux, and V8's own limits. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const RUNTIME = fileURLToPath(new URL('../../test/lambda-runtime.mjs', import.meta.url))
const MEMORY_GROUPS = '/sys/fs/cgroup/memory'

/** Groups with a limit need root and version 1 of control groups. Without them, only V8's limits hold. */
export const hasMemoryLimit = (): boolean => {
  const group = join(MEMORY_GROUPS, `cloudshelf-${process.pid}-try`)
  try {
    mkdirSync(group)
    rmdirSync(group)
    return existsSync(join(MEMORY_GROUPS, 'memory.limit_in_bytes'))
  } catch {
    return false
  }
}

const createGroup = (megabytes: number, name: string): string => {
  const group = join(MEMORY_GROUPS, `cloudshelf-${process.pid}-${name}`)
  mkdirSync(group)
  writeFileSync(join(group, 'memory.limit_in_bytes'), String(megabytes * 2 ** 20))
  return group
}

/** Lambda's runtime gives V8 90 % of the memory, of which 5 % for each half of the young generation. */
const v8Flags = (megabytes: number): string[] => [
  `--max-old-space-size=${Math.floor(megabytes * 0.9)}`,
  `--max-semi-space-size=${Math.floor(megabytes * 0.05)}`,
]

const peakOf = (pid: number): number =>
  (Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024) / 2 ** 20

export type Invoked = {
  readonly result: unknown
  /** CPU seconds since the process started. */
  readonly cpu: number
  /** Seconds that the call took. */
  readonly seconds: number
}

export type LimitedFunction = {
  /** CPU seconds, and seconds, until the function was ready. */
  readonly start: { readonly cpu: number; readonly seconds: number }
  /** Rejects when the process has been killed. */
  readonly invoke: (event: unknown) => Promise<Invoked>
  /** Peak of resident memory so far, in megabytes of 1,024² bytes. */
  readonly peak: () => number
  readonly end: () => Promise<void>
}

type Line = { readonly id: string; readonly result?: unknown; readonly error?: string; readonly cpu: number }

let started = 0

/** Starts the bundle in `folder` with so many megabytes; resolves when it is ready, and rejects when it is killed before. */
export const startLimited = async (
  folder: string,
  megabytes: number,
  environment: Readonly<Record<string, string>>,
): Promise<LimitedFunction> => {
  const group = hasMemoryLimit() ? createGroup(megabytes, String(++started)) : undefined
  const node = [process.execPath, ...v8Flags(megabytes), RUNTIME]
  // The shell enters the group before it becomes the function.
  const enter = group === undefined ? '' : `echo $$ > ${join(group, 'cgroup.procs')}; `
  const begun = performance.now()
  const child: ChildProcess = spawn('/bin/sh', ['-c', `${enter}exec "$@"`, 'sh', ...node], {
    cwd: folder,
    env: {
      ...environment,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(megabytes),
      _HANDLER_FILE: join(folder, 'index.mjs'),
    },
    stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
  })
  const waiting = new Map<string, { done: (line: Line) => void; failed: (error: Error) => void }>()
  const lineOf = (id: string): Promise<Line> =>
    new Promise((done, failed) => {
      waiting.set(id, { done, failed })
    })
  const ended = new Promise<void>(done => {
    child.once('exit', (code, signal) => {
      for (const { failed } of waiting.values())
        failed(new Error(`the function ended: ${signal ?? `exit code ${code}`}`))
      done()
    })
  })
  createInterface({ input: child.stdio[3] as Readable }).on('line', text => {
    const line = JSON.parse(text) as Line
    waiting.get(line.id)?.done(line)
    waiting.delete(line.id)
  })
  const end = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
    if (group !== undefined) rmdirSync(group)
  }
  const seconds = (since: number): number => (performance.now() - since) / 1000
  const ready = await lineOf('ready').catch(async (error: unknown) => {
    await end()
    throw error
  })
  let count = 0
  return {
    start: { cpu: ready.cpu / 1000, seconds: seconds(begun) },
    invoke: async event => {
      const since = performance.now()
      const answer = lineOf(String(++count))
      child.stdin?.write(`${JSON.stringify({ id: String(count), event })}\n`)
      const { result, error, cpu } = await answer
      if (error !== undefined) throw new Error(error)
      return { result, cpu: cpu / 1000, seconds: seconds(since) }
    },
    peak: () => peakOf(child.pid ?? 0),
    end,
  }
}
