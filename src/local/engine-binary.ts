/** The embedded engine's binary for this platform. */
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
