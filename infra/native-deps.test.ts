/** Native packages for Lambda: only what the project's lock has, with its integrity. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createNativeLock, NativeDepsError } from './native-deps.ts'

const project = JSON.parse(readFileSync('package-lock.json', 'utf8'))

test('the lock of the native packages is part of the project’s, with those for Lambda’s platform', () => {
  const { manifest, lock } = createNativeLock(project) as { manifest: Lock['packages'][string]; lock: Lock }
  const { '': root, ...packages } = lock.packages
  expect(Object.keys(packages)).toEqual(
    expect.arrayContaining([
      'node_modules/sharp',
      'node_modules/@img/sharp-linux-arm64',
      'node_modules/@img/sharp-libvips-linux-arm64',
      'node_modules/@node-rs/argon2-linux-arm64-gnu',
    ]),
  )
  for (const [path, one] of Object.entries(packages)) {
    expect(one, path).toEqual(project.packages[path])
    expect(one.integrity, path).toMatch(/^sha512-/)
  }
  expect(root?.dependencies).toEqual(manifest?.dependencies)
  expect(manifest?.dependencies?.sharp).toBe(project.packages['node_modules/sharp'].version)
})

test('a package without its integrity is refused', () => {
  const { integrity: _, ...sharp } = project.packages['node_modules/sharp']
  expect(() => createNativeLock({ packages: { ...project.packages, 'node_modules/sharp': sharp } })).toThrow(
    NativeDepsError,
  )
})

type Lock = {
  readonly packages: Record<
    string,
    { readonly integrity?: string; readonly dependencies?: Record<string, string> }
  >
}
