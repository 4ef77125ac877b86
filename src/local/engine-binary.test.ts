import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../../test/local.ts'
import { ENGINE_PLATFORMS, findEngineBinary } from './engine-binary.ts'
import { serverCommand } from './server-process.ts'
import { StartError } from './start-error.ts'

/** A node_modules with one engine package; resolves as Node does. */
const installed = (target: string, binary: string) => {
  const modules = tempFolder()
  const folder = join(modules, '@dynoxide', target)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{}')
  writeFileSync(join(folder, binary), '')
  const resolve = (path: string): string => {
    if (!path.startsWith(`@dynoxide/${target}/`)) throw new Error(`Cannot find module '${path}'`)
    return join(modules, path)
  }
  return { resolve, path: join(folder, binary) }
}

test.each([
  ['linux', 'x64', 'dynoxide'],
  ['linux', 'arm64', 'dynoxide'],
  ['darwin', 'x64', 'dynoxide'],
  ['darwin', 'arm64', 'dynoxide'],
  ['win32', 'x64', 'dynoxide.exe'],
])('On %s %s the engine is that of its own package', (platform, arch, binary) => {
  const { resolve, path } = installed(`${platform}-${arch}`, binary)
  expect(findEngineBinary(platform, arch, resolve)).toBe(path)
})

test('A platform whose package is not installed is told how to install it, and which variable to set instead', () => {
  const { resolve } = installed('linux-x64', 'dynoxide')
  const find = () => findEngineBinary('darwin', 'arm64', resolve)
  expect(find).toThrow(StartError)
  expect(find).toThrow(
    /@dynoxide\/darwin-arm64 is not installed: run npm install --include=optional.*DYNAMODB_ENDPOINT=<url>.*DYNAMODB_ENDPOINT=aws/,
  )
})

test('A package without its binary counts as not installed', () => {
  const { resolve } = installed('win32-x64', 'dynoxide')
  expect(() => findEngineBinary('win32', 'x64', resolve)).toThrow(/@dynoxide\/win32-x64 is not installed/)
})

test('A platform that the engine is not published for is told which ones are, and which variable to set', () => {
  const find = () => findEngineBinary('sunos', 'sparc')
  expect(find).toThrow(StartError)
  expect(find).toThrow(/for linux-x64, .*win32-x64, not for sunos-sparc: set DYNAMODB_ENDPOINT=<url>/)
})

test('The packages of all platforms are optional dependencies of one version', () => {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  const { optionalDependencies } = JSON.parse(manifest) as { optionalDependencies: Record<string, string> }
  const versions = ENGINE_PLATFORMS.map(one => optionalDependencies[`@dynoxide/${one}`])
  expect(versions).toEqual(ENGINE_PLATFORMS.map(() => expect.stringMatching(/^\d+\.\d+\.\d+$/)))
  expect(new Set(versions).size).toBe(1)
})

test('The engine waits in a shell until it is on record; on Windows, which ends it with the shop, it starts at once', () => {
  for (const platform of ['linux', 'darwin']) {
    const { file, args, options } = serverCommand('/bin/engine', ['--port', '1'], platform)
    expect([file, args[0], ...args.slice(2)]).toEqual(['/bin/sh', '-c', '/bin/engine', '--port', '1'])
    expect(args[1]).toMatch(/^umask 077; read -r go && exec/)
    expect(options).toEqual({ detached: true })
  }
  expect(serverCommand('C:\\engine.exe', ['--port', '1'], 'win32')).toEqual({
    file: 'C:\\engine.exe',
    args: ['--port', '1'],
    options: { windowsHide: true },
  })
})
