/** The embedded engine's binary for this platform, and the command that starts it. */
import type { SpawnOptions } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { StartError } from './start-error.ts'

/** Platforms that the engine is published for; each package is an optional dependency, and npm installs the one that fits. */
export const ENGINE_PLATFORMS = [
  'linux-x64',
  'linux-arm64',
  'darwin-x64',
  'darwin-arm64',
  'win32-x64',
] as const

const INSTEAD = 'set DYNAMODB_ENDPOINT=<url> to a DynamoDB of your own, or DYNAMODB_ENDPOINT=aws'

/** Path of the engine's binary; throws StartError when there is none for the platform, or npm has not installed it. */
export const findEngineBinary = (
  platform: string = process.platform,
  arch: string = process.arch,
  resolve: (path: string) => string = createRequire(import.meta.url).resolve,
): string => {
  const target = ENGINE_PLATFORMS.find(one => one === `${platform}-${arch}`)
  if (target === undefined)
    throw new StartError(
      `the embedded DynamoDB engine is published for ${ENGINE_PLATFORMS.join(', ')}, not for ${platform}-${arch}: ${INSTEAD}`,
    )
  const name = `@dynoxide/${target}`
  try {
    const folder = dirname(resolve(`${name}/package.json`))
    const binary = join(folder, platform === 'win32' ? 'dynoxide.exe' : 'dynoxide')
    if (existsSync(binary)) return binary
  } catch {
    // Not installed: reported below.
  }
  throw new StartError(
    `the embedded DynamoDB engine ${name} is not installed: run npm install --include=optional, or ${INSTEAD}`,
  )
}

/** A child process that starts the engine once a line arrives on its standard input. */
export type EngineCommand = {
  readonly file: string
  readonly args: readonly string[]
  readonly options: Pick<SpawnOptions, 'detached' | 'windowsHide'>
}

/**
 * The command that runs `binary` with `args`. Ctrl-C on a terminal must reach the shop alone, which stops the engine after its own
 * last request: on Windows by a console of its own, elsewhere by a process group of its own.
 */
export const engineCommand = (
  binary: string,
  args: readonly string[],
  platform: string = process.platform,
): EngineCommand => {
  // Windows ends a child with its parent, so no engine is left over, and has no umask: the folder's access list applies.
  if (platform === 'win32') return { file: binary, args, options: { windowsHide: true } }
  // A shell holds the place until it reads a line: if this process dies before the pid is on record, the shell reads end of file
  // and the engine never starts. exec keeps pid and start time.
  const script = 'umask 077; read -r go && exec "$0" "$@"'
  return { file: '/bin/sh', args: ['-c', script, binary, ...args], options: { detached: true } }
}
