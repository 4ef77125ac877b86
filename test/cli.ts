/** Test kit for the command line: runs `cloudshelf` in this process, or as a process of its own, as `npx cloudshelf` does. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { format } from 'node:util'
import { vi } from 'vitest'
import { runCommandLine } from '#src/cli/program.ts'

const MAIN = fileURLToPath(new URL('../src/cli/main.js', import.meta.url))

export type CommandResult = {
  readonly code: number | string
  readonly stdout: string
  readonly stderr: string
}
export type RunningCommand = {
  readonly pid: number
  readonly kill: (signal: NodeJS.Signals) => void
  readonly result: Promise<CommandResult>
}

/** Starts the command as a process on a data folder, with a minimal environment: to be killed, or beside others. */
export const startCommand = (
  dataDir: string,
  args: readonly string[],
  env: Record<string, string> = {},
): RunningCommand => {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH, HOME, CLOUDSHELF_DATA_DIR: dataDir, PORT: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', chunk => {
    stdout += chunk
  })
  child.stderr.on('data', chunk => {
    stderr += chunk
  })
  const ended = new Promise<CommandResult>(done => {
    child.on('close', (code, signal) => done({ code: code ?? signal ?? 'unknown', stdout, stderr }))
  })
  return { pid: child.pid ?? 0, kill: signal => void child.kill(signal), result: ended }
}

let running: Promise<unknown> = Promise.resolve()

/** Runs `work` with these variables, one after another: its output and its exit code. */
const captureOutput = (
  env: Readonly<Record<string, string>>,
  work: () => Promise<unknown>,
): Promise<CommandResult> => {
  const result = running.then(async () => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
    const output = { stdout: '', stderr: '' }
    const spies = (['stdout', 'stderr'] as const).map((name, i) => {
      const write = (text: unknown): true => {
        output[name] += text
        return true
      }
      const streamed = vi.spyOn(process[name], 'write').mockImplementation(write)
      const printed = vi
        .spyOn(console, i === 0 ? 'log' : 'error')
        .mockImplementation((...values) => void write(`${format(...values)}\n`))
      return { mockRestore: () => [streamed, printed].map(spy => spy.mockRestore()) }
    })
    try {
      await work()
      return { code: process.exitCode ?? 0, ...output }
    } finally {
      process.exitCode = undefined // of the command, not of the tests
      for (const spy of spies) spy.mockRestore()
      vi.unstubAllEnvs()
    }
  })
  running = result.catch(() => {})
  return result
}

/** Runs a command line in this process, which takes no time to start, on a data folder. Commands run one after another. */
export const runCommand = (
  dataDir: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> =>
  captureOutput({ CLOUDSHELF_DATA_DIR: dataDir, PORT: '1', ...env }, () => runCommandLine(args))

export const runCli = (dataDir: string, ...args: string[]): Promise<CommandResult> =>
  runCommand(dataDir, args)
