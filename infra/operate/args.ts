/** What was typed behind `npm run deploy --`: options by `--context name=value`, and a few words more. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { NativeDepsError } from '../native-deps.ts'
import { type Options, OptionsError, readOptions } from '../settings/options.ts'
import { OperatorError } from './aws.ts'
import { ROOT } from './cdk.ts'

export type Args = {
  readonly options: Options
  /** As given, to be handed on to CDK. */
  readonly context: Readonly<Record<string, string>>
  readonly yes: boolean
  readonly positionals: readonly string[]
}

/** Throws OptionsError for options that are none, or not right; OperatorError for what cannot be read at all. */
export const readArgs = (typed: readonly string[]): Args => {
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
    if (at < 1) throw new OperatorError(`--context ${text} is no name=value`)
    return [text.slice(0, at), text.slice(at + 1)] as const
  })
  const said = Object.fromEntries(given)
  const { context: kept } = JSON.parse(readFileSync(join(ROOT, 'cdk.json'), 'utf8')) as { context: object }
  return { options: readOptions({ ...kept, ...said }), context: said, yes, positionals: parsed.positionals }
}

/** Runs a command to its end; what whoever typed it can mend is one line, and ends it with 1. */
export const runCommand = async (work: (args: Args) => Promise<void>): Promise<void> => {
  try {
    await work(readArgs(process.argv.slice(2)))
  } catch (error) {
    const known =
      error instanceof OperatorError || error instanceof OptionsError || error instanceof NativeDepsError
    if (!known) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}
