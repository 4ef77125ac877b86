/** CDK's own command, as this project uses it: no messages home, no news, no questions. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { OperatorError } from './aws.ts'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const CDK = join(dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'bin/cdk')
/** Run by the same Node as we are, whichever a shell would find. */
const APP = `"${process.execPath}" infra/app.ts`
/** Where a synthesis for a deployment lies; deployed as it is. */
const ASSEMBLY = join(ROOT, 'build/cdk-deploy')
const OUTPUTS = join(ROOT, 'build/cdk-outputs.json')

const run = (args: readonly string[]): void => {
  const { status } = spawnSync(process.execPath, [CDK, ...args, '--no-notices', '--no-version-reporting'], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true' },
  })
  // What went wrong was said there.
  if (status !== 0) throw new OperatorError(`cdk ${args[0]} did not succeed`)
}

const contextArgs = (context: Readonly<Record<string, string>>): string[] =>
  Object.entries(context).flatMap(([name, value]) => ['--context', `${name}=${value}`])

/** Makes the templates and the functions' bundles, once for all stacks. */
export const synthesize = (context: Readonly<Record<string, string>>, folder = ASSEMBLY): void =>
  run(['synth', '--quiet', '--app', APP, '--output', folder, ...contextArgs(context)])

/** Deploys these stacks of what was synthesized; `parameters` are `stack:name=value`. Gives back all outputs by stack. */
export const deploy = (
  stacks: readonly string[],
  parameters: readonly string[] = [],
): Readonly<Record<string, Readonly<Record<string, string>>>> => {
  const given = parameters.flatMap(one => ['--parameters', one])
  const how = ['--app', ASSEMBLY, '--exclusively', '--require-approval', 'never', '--outputs-file', OUTPUTS]
  run(['deploy', ...stacks, ...how, ...given])
  return JSON.parse(readFileSync(OUTPUTS, 'utf8'))
}

export const destroy = (stacks: readonly string[]): void =>
  run(['destroy', ...stacks, '--app', ASSEMBLY, '--exclusively', '--force'])
