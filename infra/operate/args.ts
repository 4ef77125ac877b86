/** Command-line arguments of the operator's commands: options as `--context name=value`, flags, and positionals. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { NativeDepsError } from '../native-deps.ts'
import { type Options, OptionsError, readOptions } from '../settings/options.ts'
import type { RecordedOptions } from '../settings/recorded-options.ts'
import { findRegion } from '../settings/region.ts'
import { OperatorError } from './calls.ts'
import { ROOT } from './cdk.ts'

/** Flags of the commands; each command accepts its own. */
const FLAGS = {
  /** Yes to what is asked. */
  yes: { type: 'boolean', short: 'y' },
  /** Use data of an earlier deployment. */
  adopt: { type: 'boolean' },
  /** Delete data too. */
  'with-data': { type: 'boolean' },
  /** Back tables up before they are deleted. */
  'final-backup': { type: 'boolean' },
  /** The name of the stage, where it would be typed. */
  confirm: { type: 'string' },
} as const

export type Flag = keyof typeof FLAGS
type Flags = { readonly [flag in Flag]?: (typeof FLAGS)[flag]['type'] extends 'string' ? string : boolean }

export type Args = {
  readonly options: Options
  /** As given, with the Region that was found; passed on to CDK. */
  readonly context: Readonly<Record<string, string>>
  readonly flags: Flags
  readonly positionals: readonly string[]
}

/** Reads the arguments again, with the options of the last deployment beneath them. */
export type ReadAgain = (last: RecordedOptions | undefined) => Promise<Args>

const parse = (typed: readonly string[], flags: readonly Flag[]) => {
  try {
    return parseArgs({
      args: [...typed],
      allowPositionals: true,
      options: {
        context: { type: 'string', short: 'c', multiple: true },
        ...Object.fromEntries(flags.map(flag => [flag, FLAGS[flag]])),
      },
    })
  } catch (error) {
    throw new OperatorError(error instanceof Error ? error.message : String(error))
  }
}

/**
 * Reads the arguments of a command with these flags. Options of the last deployment, if they are given, hold where neither the
 * arguments nor cdk.json have others. Throws OptionsError for unknown or invalid options, OperatorError for unreadable arguments.
 */
export const readArgs = async (
  typed: readonly string[],
  flags: readonly Flag[] = [],
  last: RecordedOptions = {},
): Promise<Args> => {
  const { values, positionals } = parse(typed, flags)
  const { context = [], ...given } = values as { context?: string[] } & Flags
  const said = Object.fromEntries(
    context.map(text => {
      const at = text.indexOf('=')
      if (at < 1) throw new OperatorError(`--context ${text} must have the form name=value`)
      return [text.slice(0, at), text.slice(at + 1)] as const
    }),
  )
  const { context: kept } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as {
    context: { stages: Readonly<Record<string, object | undefined>> }
  }
  const options = readOptions({ ...kept, ...said }, { region: await findRegion(), ...last })
  const stage = kept.stages[options.stage] ?? {}
  const unchanged = Object.entries(last).filter(([name]) => !(name in stage))
  return {
    options,
    context: { ...Object.fromEntries(unchanged), ...said, region: options.region },
    flags: given,
    positionals,
  }
}

/** Runs a command with these flags; errors that the operator can fix are printed in one line and set exit code 1. */
export const runCommand = async (
  flags: readonly Flag[],
  work: (args: Args, readAgain: ReadAgain) => Promise<void>,
): Promise<void> => {
  const read = (last?: RecordedOptions) => readArgs(process.argv.slice(2), flags, last)
  try {
    await work(await read(), read)
  } catch (error) {
    const known =
      error instanceof OperatorError || error instanceof OptionsError || error instanceof NativeDepsError
    if (!known) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}
