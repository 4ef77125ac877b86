/** Native packages (addons), which cannot be bundled: copied next to the bundle for this machine or for Lambda. */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** `none`: the bundle is not run, as in a synthesis without deployment. */
export type NativeDeps = 'none' | 'host' | 'lambda'

export const NATIVE_PACKAGES = ['sharp', '@node-rs/argon2'] as const

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** Where `fetchNativeDeps` installs the packages for Lambda (Linux, arm64, glibc). */
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

/** A package with its dependencies, including installed optional ones. */
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

/** Copies packages into `folder`'s node_modules. Throws NativeDepsError if those for Lambda are missing or outdated. */
export const copyNativeDeps = (names: readonly string[], folder: string, natives: NativeDeps): void => {
  if (natives === 'none') return
  const modules = modulesFolder(natives)
  for (const name of names) {
    const wanted = readManifest(join(ROOT, 'node_modules', name))?.version
    if (readManifest(join(modules, name))?.version !== wanted)
      throw new NativeDepsError(
        `${name} ${wanted} is not installed for Lambda; \`npm run deploy\` installs it`,
      )
    for (const one of listClosure(name, modules)) {
      const target = join(folder, 'node_modules', one)
      mkdirSync(dirname(target), { recursive: true })
      cpSync(join(modules, one), target, { recursive: true })
    }
  }
}

/** Installs the native packages for Lambda in this project's versions. Throws NativeDepsError with npm's output. */
export const fetchNativeDeps = (): void => {
  const wanted = NATIVE_PACKAGES.map(
    name => `${name}@${readManifest(join(ROOT, 'node_modules', name))?.version}`,
  )
  const options = ['--os=linux', '--cpu=arm64', '--libc=glibc', '--no-save', '--no-audit', '--no-fund']
  mkdirSync(LAMBDA_FOLDER, { recursive: true })
  const { status, stderr } = spawnSync('npm', ['install', ...options, '--prefix', LAMBDA_FOLDER, ...wanted], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new NativeDepsError(`npm could not install the packages for Lambda:\n${stderr}`)
}
