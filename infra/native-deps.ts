/** Packages with machine code, which no bundle can hold: laid beside it as npm has installed them, for this machine or for Lambda. */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** `none`: the bundle is only looked at, as by a synthesis that deploys nothing. */
export type NativeDeps = 'none' | 'host' | 'lambda'

export const NATIVE_PACKAGES = ['sharp', '@node-rs/argon2'] as const

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** Where `fetchNatives` puts what Lambda runs (Linux on arm64, glibc). */
const LAMBDA_FOLDER = join(ROOT, 'build/natives-linux-arm64')

export class NativeDepsError extends Error {}

type Manifest = {
  readonly version: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const readManifest = (folder: string): Manifest | undefined =>
  existsSync(join(folder, 'package.json'))
    ? (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest)
    : undefined

/** The package and all that it needs, of its optional packages those that are there. */
const listClosure = (name: string, modules: string, found = new Set<string>()): Set<string> => {
  const manifest = readManifest(join(modules, name))
  if (!manifest || found.has(name)) return found
  found.add(name)
  for (const needed of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }))
    listClosure(needed, modules, found)
  return found
}

const modulesFolder = (natives: NativeDeps): string =>
  join(natives === 'lambda' ? LAMBDA_FOLDER : ROOT, 'node_modules')

/** Copies these packages into `folder`'s node_modules. Throws NativesError where those for Lambda are missing, or of other versions. */
export const copyNativeDeps = (names: readonly string[], folder: string, natives: NativeDeps): void => {
  if (natives === 'none') return
  const modules = modulesFolder(natives)
  for (const name of names) {
    const wanted = readManifest(join(ROOT, 'node_modules', name))?.version
    if (readManifest(join(modules, name))?.version !== wanted)
      throw new NativeDepsError(
        `${name} ${wanted} is not there for Lambda: \`npm run deploy\` fetches it first`,
      )
    for (const one of listClosure(name, modules)) {
      const target = join(folder, 'node_modules', one)
      mkdirSync(dirname(target), { recursive: true })
      cpSync(join(modules, one), target, { recursive: true })
    }
  }
}

/** Has npm install the native packages for Lambda, in the versions of this project. Throws NativesError with what npm says. */
export const fetchNativeDeps = (): void => {
  const wanted = NATIVE_PACKAGES.map(
    name => `${name}@${readManifest(join(ROOT, 'node_modules', name))?.version}`,
  )
  const options = ['--os=linux', '--cpu=arm64', '--libc=glibc', '--no-save', '--no-audit', '--no-fund']
  mkdirSync(LAMBDA_FOLDER, { recursive: true })
  const { status, stderr } = spawnSync('npm', ['install', ...options, '--prefix', LAMBDA_FOLDER, ...wanted], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new NativeDepsError(`npm could not fetch the packages for Lambda:\n${stderr}`)
}
