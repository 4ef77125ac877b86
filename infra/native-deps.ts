/** Native packages (addons), which cannot be bundled: copied next to the bundle for this machine or for Lambda. */
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
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

type LockedPackage = {
  readonly version: string
  readonly resolved?: string
  readonly integrity?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}
type Lock = { readonly packages: Readonly<Record<string, LockedPackage>> }

/**
 * Manifest and lock of the native packages with all that they need, taken from the lock of the project: what runs in production has
 * the content that was reviewed with it. Throws NativeDepsError for a package without its integrity.
 */
export const createNativeLock = ({
  packages,
}: Lock): { readonly manifest: object; readonly lock: object } => {
  const locked: Record<string, LockedPackage> = {}
  const add = (name: string): void => {
    const path = `node_modules/${name}`
    const found = packages[path]
    if (!found || path in locked) return
    if (!found.integrity) throw new NativeDepsError(`${name} must have its integrity in package-lock.json`)
    locked[path] = found
    for (const needed of Object.keys({ ...found.dependencies, ...found.optionalDependencies })) add(needed)
  }
  for (const name of NATIVE_PACKAGES) add(name)
  const root = {
    name: 'cloudshelf-natives',
    version: '0.0.0',
    dependencies: Object.fromEntries(
      NATIVE_PACKAGES.map(name => [name, packages[`node_modules/${name}`]?.version ?? '']),
    ),
  }
  return {
    manifest: { ...root, private: true },
    lock: { ...root, lockfileVersion: 3, requires: true, packages: { '': root, ...locked } },
  }
}

/** Installs the native packages for Lambda as the project's lock has them, without their scripts. Throws NativeDepsError with npm's output. */
export const fetchNativeDeps = (): void => {
  const project = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lock
  const { manifest, lock } = createNativeLock(project)
  mkdirSync(LAMBDA_FOLDER, { recursive: true })
  writeFileSync(join(LAMBDA_FOLDER, 'package.json'), JSON.stringify(manifest))
  writeFileSync(join(LAMBDA_FOLDER, 'package-lock.json'), JSON.stringify(lock))
  const options = ['--os=linux', '--cpu=arm64', '--libc=glibc', '--ignore-scripts', '--no-audit', '--no-fund']
  const { status, stderr } = spawnSync('npm', ['ci', ...options, '--prefix', LAMBDA_FOLDER], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new NativeDepsError(`npm could not install the packages for Lambda:\n${stderr}`)
}
