/** Command-line arguments of the operator's commands: options as `--context name=value`, `--yes`, and positionals. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { NativeDepsError } from '../native-deps.ts'
import { type Options, OptionsError, readOptions } from '../settings/options.ts'
import { findRegion } from '../settings/region.ts'
import { OperatorError } from './aws.ts'
import { ROOT } from './cdk.ts'

export type Args = {
  readonly options: Options
  /** As given, with the Region that was found; passed on to CDK. */
  readonly context: Readonly<Record<string, string>>
  readonly yes: boolean
  readonly positionals: readonly string[]
}

/** Reads the arguments. Throws OptionsError for unknown or invalid options, OperatorError for unreadable arguments. */
export const readArgs = async (typed: readonly string[]): Promise<Args> => {
  const parsed = (() => {
    try {
      return parseArgs({
        args: [...typed],
        allowPositionals: true,
        options: {
          context: { type: 'string', short: 'c', multiple: true },
          yes: { type: 'boolean', short: 'y' },
        },
      })
    } catch (error) {
      throw new OperatorError(error instanceof Error ? error.message : String(error))
    }
  })()
  const { context = [], yes = false } = parsed.values
  const given = context.map(text => {
    const at = text.indexOf('=')
    if (at < 1) throw new OperatorError(`--context ${text} must have the form name=value`)
    return [text.slice(0, at), text.slice(at + 1)] as const
  })
  const said = Object.fromEntries(given)
  const { context: kept } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as { context: object }
  const options = readOptions({ ...kept, ...said }, { region: await findRegion() })
  return { options, context: { ...said, region: options.region }, yes, positionals: parsed.positionals }
}

/** Runs a command; errors that the operator can fix are printed in one line and set exit code 1. */
export const runCommand = async (work: (args: Args) => Promise<void>): Promise<void> => {
  try {
    await work(await readArgs(process.argv.slice(2)))
  } catch (error) {
    const known =
      error instanceof OperatorError || error instanceof OptionsError || error instanceof NativeDepsError
    if (!known) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}
