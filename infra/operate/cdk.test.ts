/** How CDK is run: parameters reach it, and the command line of its process, which every user of a machine can read, has no secret. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { deploy, ROOT } from './cdk.ts'
import { edgeParameter } from './release.ts'

const SECRET = 'the-proxy-secret-of-this-test-0123456789'
const OUTPUTS = join(ROOT, 'build/cdk-outputs.json')

vi.mock('node:child_process', async importOriginal => {
  const original = await importOriginal<typeof import('node:child_process')>()
  return { ...original, spawnSync: vi.fn(original.spawnSync) }
})

test('the proxy secret is passed to CDK, but not on its command line', async () => {
  mkdirSync(dirname(OUTPUTS), { recursive: true })
  const run = vi.mocked(spawnSync)
  run.mockImplementationOnce(() => {
    writeFileSync(OUTPUTS, '{}')
    return { status: 0 } as ReturnType<typeof spawnSync>
  })
  deploy(['edge'], [edgeParameter('edge', SECRET)])
  const [node, args = [], options] = run.mock.calls[0] as Parameters<typeof spawnSync>
  rmSync(OUTPUTS)
  expect(JSON.stringify([node, args, options?.env])).not.toContain(SECRET)
  expect(options?.input).toContain(`edge:ProxySecret=${SECRET}`)

  // The same call with a program in CDK's place, which says what it was given and what the system shows of it.
  const folder = mkdtempSync(join(tmpdir(), 'cloudshelf-cdk-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [program, said] = [join(folder, 'program.cjs'), join(folder, 'said.json')]
  writeFileSync(
    program,
    `const { existsSync, readFileSync, writeFileSync } = require('node:fs')
     const own = '/proc/self/cmdline'
     const shown = existsSync(own) ? readFileSync(own, 'utf8') : ''
     writeFileSync(${JSON.stringify(said)}, JSON.stringify({ given: process.argv.slice(2), shown }))`,
  )
  const replaced = (args as string[]).map(one => (/bin.cdk$/.test(one) ? program : one))
  expect(replaced).toContain(program)
  const { spawnSync: spawnReally } =
    await vi.importActual<typeof import('node:child_process')>('node:child_process')
  expect(spawnReally(process.execPath, replaced, { input: options?.input }).status).toBe(0)
  const { given, shown } = JSON.parse(readFileSync(said, 'utf8'))
  expect(given).toEqual(
    expect.arrayContaining(['deploy', 'edge', '--parameters', `edge:ProxySecret=${SECRET}`]),
  )
  expect(shown).not.toContain(SECRET)
})
