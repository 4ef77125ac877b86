/** Test kit for the command line: runs the command as a process, as `npx cloudshelf` does. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { vi } from 'vitest'
import { explainError } from '#src/cli/errors.ts'

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

/** Starts the command on a data folder with a minimal environment. */
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

export const runCli = (dataDir: string, ...args: string[]): Promise<CommandResult> =>
  startCommand(dataDir, args).result

/** Runs a command in this process, which takes no time to start: its output, and the line that its error is reported with. */
export const runInProcess = async (
  command: Command,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<CommandResult> => {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  let [stdout, stderr] = ['', '']
  const log = vi.spyOn(console, 'log').mockImplementation(line => {
    stdout += `${line}\n`
  })
  const error = vi.spyOn(console, 'error').mockImplementation(line => {
    stderr += `${line}\n`
  })
  try {
    await command.exitOverride().parseAsync(args, { from: 'user' })
    return { code: process.exitCode ?? 0, stdout, stderr }
  } catch (failure) {
    const explained = explainError(failure)
    if (explained === undefined) throw failure
    return { code: 1, stdout, stderr: `cloudshelf: ${explained}\n` }
  } finally {
    process.exitCode = undefined // of the command, not of the tests
    log.mockRestore()
    error.mockRestore()
    vi.unstubAllEnvs()
  }
}
