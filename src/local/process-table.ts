/** Start time and command line of a process, read from each operating system in its own way. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

export type ProcessTable = {
  /** When the process started, in a notation of the system; undefined when it does not run. */
  readonly started: (pid: number) => string | undefined
  /** Its command line, arguments separated by spaces; undefined when it does not run. */
  readonly command: (pid: number) => string | undefined
}

/** Output of a program; undefined when it fails or does not exist. */
export type RunTool = (file: string, args: readonly string[]) => string | undefined

const runTool: RunTool = (file, args) => {
  const { status, stdout } = spawnSync(file, args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
    windowsHide: true,
  })
  return status === 0 ? stdout.trim() : undefined
}

const readProc = (path: string): string | undefined => {
  try {
    return readFileSync(`/proc/${path}`, 'utf8')
  } catch {
    return undefined
  }
}

/** Linux: /proc. The start time is boot id and clock ticks. */
const linuxTable: ProcessTable = {
  started: pid => {
    const stat = readProc(`${pid}/stat`)
    // The command name in parentheses may itself contain blanks and parentheses; fields count from after the last one.
    const [state, ...fields] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
    const ticks = fields[18]
    // A zombie counts as dead: it can do nothing.
    if (ticks === undefined || state === 'Z' || state === 'X') return undefined
    return `${readProc('sys/kernel/random/boot_id')?.trim()}:${ticks}`
  },
  command: pid => readProc(`${pid}/cmdline`)?.replaceAll('\0', ' ').trim(),
}

/** macOS and other Unix systems: ps. */
const psTable = (run: RunTool): ProcessTable => {
  const ps = (pid: number, columns: readonly string[]) =>
    run('ps', [...columns.flatMap(column => ['-o', `${column}=`]), '-p', String(pid)])
  return {
    started: pid => {
      const [, state, started] = /^(\S+)\s+(.+)$/.exec(ps(pid, ['state', 'lstart']) ?? '') ?? []
      return state?.startsWith('Z') ? undefined : started
    },
    command: pid => ps(pid, ['args']),
  }
}

/** Windows: PowerShell, which takes about a second for each question. */
const windowsTable = (run: RunTool): ProcessTable => {
  const ask = (pid: number, property: string) => {
    const found = `Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}'`
    const script = `${found} | ForEach-Object { $_.${property} }`
    return run('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', script]) || undefined
  }
  return {
    started: pid => ask(pid, 'CreationDate.ToFileTimeUtc()'),
    command: pid => ask(pid, 'CommandLine'),
  }
}

export const createProcessTable = (
  platform: string = process.platform,
  run: RunTool = runTool,
): ProcessTable => {
  if (platform === 'linux') return linuxTable
  return platform === 'win32' ? windowsTable(run) : psTable(run)
}
