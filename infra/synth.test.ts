/** Test of `npm run synth` as a process: offline, with the CDK command and the real bundles. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FUNCTIONS, OPTIONAL_FUNCTIONS, RELEASE_CHECK } from '#src/lambda/functions.ts'
import { listResources, type Properties } from '../test/stacks.ts'

test('npm run synth writes the templates of a stage, each function with its own bundle', {
  timeout: 240_000,
}, () => {
  // All network access fails.
  const environment = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    HTTPS_PROXY: 'http://127.0.0.1:9',
    AWS_EC2_METADATA_DISABLED: 'true',
  }
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['infra/operate/synth.ts', '--context', 'stage=staging', '--context', 'region=eu-central-1'],
    { encoding: 'utf8', env: environment },
  )
  expect(status, stderr).toBe(0)
  expect(stdout).toContain('Templates of staging written to build/cdk')
  const folder = 'build/cdk'
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'))
  const template = read('CloudShelf-staging-shop.template.json')
  const keys = new Map(
    listResources(template, 'AWS::Lambda::Function').map(([, { FunctionName, Code }]) => [
      String(FunctionName).replace('staging-', ''),
      Code.S3Key as string,
    ]),
  )
  const purger = OPTIONAL_FUNCTIONS.filter(({ option }) => option === 'cdnPaths')
  const deployed = [...FUNCTIONS, ...purger, RELEASE_CHECK]
  expect(new Set(keys.values()).size).toBe(deployed.length)
  const { files } = read('CloudShelf-staging-shop.assets.json') as { files: Record<string, Properties> }
  for (const { id } of deployed) {
    const asset = files[keys.get(id)?.replace('.zip', '') ?? '']
    const names = readdirSync(join(folder, asset?.source.path))
    expect(names, id).toContain('index.mjs')
    expect(
      names.some(name => name.endsWith('.map')),
      id,
    ).toBe(true)
  }
})
