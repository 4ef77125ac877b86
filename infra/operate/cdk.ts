/** The CDK command line as this project runs it: no telemetry, no notices, no prompts. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { StackOutputs } from '../settings/fingerprint.ts'
import type { TemplateJson } from '../standing-costs.ts'
import { OperatorError } from './calls.ts'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const CDK = join(dirname(createRequire(import.meta.url).resolve('aws-cdk/package.json')), 'bin/cdk')
/** Run with the current Node, whichever one is on the PATH. */
const APP = `"${process.execPath}" infra/app.ts`
/** Assembly folder of a deployment, which is deployed unchanged. */
const ASSEMBLY = join(ROOT, 'build/cdk-deploy')
const OUTPUTS = join(ROOT, 'build/cdk-outputs.json')

/** Passes arguments to CDK that other users of the machine must not see. */
const HIDDEN_ARGUMENTS = fileURLToPath(new URL('./hidden-arguments.ts', import.meta.url))

/** `hidden` arguments are no part of the command line. */
const run = (args: readonly string[], hidden: readonly string[] = []): void => {
  const shown = [HIDDEN_ARGUMENTS, CDK, ...args, '--no-notices', '--no-version-reporting']
  const { status } = spawnSync(process.execPath, shown, {
    cwd: ROOT,
    input: JSON.stringify(hidden),
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { ...process.env, CDK_DISABLE_CLI_TELEMETRY: 'true' },
  })
  // CDK has printed the reason.
  if (status !== 0) throw new OperatorError(`cdk ${args[0]} failed`)
}

const contextArgs = (context: Readonly<Record<string, string>>): string[] =>
  Object.entries(context).flatMap(([name, value]) => ['--context', `${name}=${value}`])

/** Creates the templates and function bundles of all stacks. */
export const synthesize = (context: Readonly<Record<string, string>>, folder = ASSEMBLY): void => {
  // CDK leaves templates of stacks there that these options do not have.
  rmSync(resolve(ROOT, folder), { recursive: true, force: true })
  run(['synth', '--quiet', '--app', APP, '--output', folder, ...contextArgs(context)])
}

/** The template of a stack of the assembly; undefined if the options have no such stack. */
export const readTemplate = (stack: string): TemplateJson | undefined => {
  const file = join(ASSEMBLY, `${stack}.template.json`)
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

/** Deploys stacks of the assembly; `parameters` are `stack:name=value`, and may be secret. Returns all outputs by stack. */
export const deploy = (stacks: readonly string[], parameters: readonly string[] = []): StackOutputs => {
  const given = parameters.flatMap(one => ['--parameters', one])
  const how = ['--app', ASSEMBLY, '--exclusively', '--require-approval', 'never', '--outputs-file', OUTPUTS]
  run(['deploy', ...stacks, ...how], given)
  return JSON.parse(readFileSync(OUTPUTS, 'utf8'))
}

export const destroy = (stacks: readonly string[]): void =>
  run(['destroy', ...stacks, '--app', ASSEMBLY, '--exclusively', '--force'])
