import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** A package of the lock file; `dev` is absent on what `npm install --omit=dev` brings. */
type Locked = {
  readonly dev?: boolean
  readonly hasInstallScript?: boolean
}

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>
}

/** Packages that may run a script when they are installed, and what it does. */
const INSTALL_SCRIPTS: Readonly<Record<string, string>> = {
  'node_modules/esbuild':
    'checks that the binary of this platform runs; bundles functions, the shop does not use it',
  'node_modules/node': 'fetches the Node binary of this platform from the registry',
}

test('no package runs a script when it is installed, except those that are listed with a reason', () => {
  const withScript = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript)
  expect(withScript.map(([path]) => path).sort()).toEqual(Object.keys(INSTALL_SCRIPTS).sort())
})
