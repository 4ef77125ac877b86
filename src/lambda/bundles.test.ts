import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bundleFunction, listEagerOutputs } from '../../infra/bundle.ts'
import type { FunctionId } from './functions.ts'

/** The packages and folders of ours that files came from. */
const namesOf = (files: readonly string[]): Set<string> =>
  new Set(files.map(file => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file))

const lookInto = async (id: FunctionId) => {
  const { folder, meta } = await bundleFunction(id)
  /** The files of these outputs, and the packages that they leave outside. */
  const sourcesOf = (outputs: Iterable<string>, kinds: readonly string[]) =>
    namesOf(
      [...outputs].flatMap(one => [
        ...Object.keys(meta.outputs[one]?.inputs ?? {}),
        ...(meta.outputs[one]?.imports ?? []).flatMap(({ path, external, kind }) =>
          external && kinds.includes(kind) ? [`node_modules/${path}`] : [],
        ),
      ]),
    )
  const main = Object.entries(meta.outputs).find(([name]) => name.endsWith('/index.mjs'))
  return {
    folder,
    /** Bytes of our own code in the file that Lambda loads. */
    ownBytes: Object.entries(main?.[1].inputs ?? {})
      .filter(([name]) => !name.includes('node_modules'))
      .reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0),
    first: sourcesOf(listEagerOutputs(meta), ['import-statement']),
    all: sourcesOf(Object.keys(meta.outputs), ['import-statement', 'dynamic-import']),
    /** What the sign-in library's own file is loaded with. */
    auth: sourcesOf(
      Object.keys(meta.outputs)
        .filter(name => meta.outputs[name]?.entryPoint === 'src/accounts/auth/auth.ts')
        .flatMap(name => [...listEagerOutputs(meta, name)]),
      ['import-statement'],
    ),
  }
}

const HEAVY =
  /^(better-auth|@better-auth\/.*|@node-rs\/argon2|sharp|@zxcvbn-ts\/.*|nodemailer|openid-client|pdfkit|fontkit)$/
const heavyIn = (sources: Set<string>): string[] => [...sources].filter(name => HEAVY.test(name)).sort()

test('bundles of cart and orders contain no sign-in, image or mail code; image and PDF code is loaded on demand', async () => {
  for (const id of ['ShoppingCart', 'IndexConsumer'] as const)
    expect([id, heavyIn((await lookInto(id)).all)]).toEqual([id, []])
  const orders = await lookInto('OrderProcess')
  expect(heavyIn(orders.first)).toEqual([])
  // With the first invoice that is opened.
  expect(heavyIn(orders.all)).toEqual(['fontkit', 'pdfkit'])
  // Connections are Node's own.
  for (const id of ['ShoppingCart', 'UserAccounts'] as const)
    expect([...(await lookInto(id)).all]).not.toContain('undici')
  const catalogue = await lookInto('BookCatalog')
  expect(heavyIn(catalogue.all)).toEqual(['sharp'])
  // Its document is there in writing, without what it was made by.
  expect([...catalogue.all].filter(name => /openapi\/document|src\/endpoints/.test(name))).toEqual([])
  // The search is the catalogue's alone, and so are its endpoints.
  expect([...orders.all].filter(name => /^src\/catalog\/(search\/|api\.ts)/.test(name))).toEqual([])
})

test('the sign-in library is loaded with the first sign-in, and no development code is uploaded', async () => {
  const { first, all, auth, folder, ownBytes } = await lookInto('UserAccounts')
  const loadedWithAuth = [...auth]
  expect(heavyIn(first)).toEqual([])
  expect(heavyIn(all)).toEqual(
    expect.arrayContaining(['@node-rs/argon2', 'better-auth', '@better-auth/passkey', 'openid-client']),
  )
  // A passkey is checked by whole certificates, a password is not: they come later than the library.
  expect(loadedWithAuth).toContain('@better-auth/passkey')
  expect(loadedWithAuth.filter(name => /^(@simplewebauthn\/server|@peculiar\/.*)$/.test(name))).toEqual([])
  expect([...all]).toContain('@simplewebauthn/server')
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
  expect([...all].filter(name => name in devDependencies)).toEqual([])
  const map = JSON.parse(readFileSync(join(folder, 'index.mjs.map'), 'utf8'))
  expect(map.sources).toEqual(expect.arrayContaining([expect.stringMatching(/src\/http\/app\.ts$/)]))
  // The map is read at each start. It is as long as our own code needs, and of packages it names the file alone.
  const code = readFileSync(join(folder, 'index.mjs'), 'utf8')
  expect(code.length / ownBytes).toBeGreaterThan(1.3)
  expect(map.mappings.length / ownBytes).toBeLessThan(1.3)
  // A single character beyond Latin-1 makes the engine store the whole text with two bytes per character.
  expect(/[^\0-\x7f]/.test(code)).toBe(false)
})

test('the package of Stripe is in the functions that call it, and is loaded with the first call', async () => {
  for (const id of ['OrderProcess', 'PaymentEvents', 'Sweeper'] as const) {
    const { first, all } = await lookInto(id)
    expect([id, first.has('stripe'), all.has('stripe')]).toEqual([id, false, true])
  }
  for (const id of ['BookCatalog', 'ShoppingCart', 'OutboxConsumer'] as const)
    expect([id, (await lookInto(id)).all.has('stripe')]).toEqual([id, false])
})

test('the bundle of the pages contains the legal texts of the shop', async () => {
  const { folder } = await bundleFunction('Pages', 'none', ['LICENSE'])
  expect(readFileSync(join(folder, 'LICENSE'))).toEqual(readFileSync('LICENSE'))
  expect((await bundleFunction('Pages')).folder).not.toBe(folder)
})

test('a bundle is reproducible, with any native dependencies beside it', async () => {
  const [one, other, host] = await Promise.all([
    bundleFunction('OrderProcess'),
    bundleFunction('OrderProcess'),
    bundleFunction('OrderProcess', 'host'),
  ])
  expect(one.folder).toBe(other.folder)
  expect(readFileSync(join(host.folder, 'index.mjs'))).toEqual(readFileSync(join(one.folder, 'index.mjs')))
})
