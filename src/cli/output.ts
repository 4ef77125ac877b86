/** How commands speak: results on stdout, everything else on stderr, one line for what went wrong. */
import { CommanderError } from 'commander'
import { FeedError } from '../catalog/import/feed/attributes.ts'
import { readSettings, SettingsError } from '../composition/settings.ts'
import { NoCredentials } from '../core/aws/sign.ts'
import { DynamoError } from '../core/dynamo/wire.ts'
import { ShopError } from '../core/errors.ts'
import { StartError } from '../local/start-error.ts'

/** 0 done, 1 failed or a difference found, 2 wrong usage. */
export const FAILED = 1
export const WRONG_USAGE = 2

/** A command cannot do what it was asked: the message says why and what to do, in one line. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

export const print = (line: string): void => console.log(line)
export const note = (line: string): void => console.error(line)
/** '1 book', '2 books'. */
export const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`
export const printJson = (value: unknown): void => console.log(JSON.stringify(value, null, 2))

const oneLine = (message: string): string => message.replace(/\s+/g, ' ').trim()

/** Where the store is somebody else's, its own words say more than the shop's. */
const ofStore = (error: DynamoError): string =>
  error.type === 'ResourceNotFoundException'
    ? `a table is missing (${error.message}): run \`npx cloudshelf tables create\``
    : error.message

const UNREACHABLE = new Set<string>(['store_unavailable', 'store_busy'])

/** The line for an expected error; undefined for a bug, whose stack is needed. */
export const messageOf = (error: unknown): string | undefined => {
  if (error instanceof DynamoError) return oneLine(ofStore(error))
  if (error instanceof ShopError && error.cause instanceof NoCredentials) return oneLine(error.cause.message)
  if (error instanceof ShopError && UNREACHABLE.has(error.code)) {
    const at = readSettings().endpoint ?? 'the embedded engine'
    return `the store (${at}) does not answer or is too busy: see that it runs and try again`
  }
  const isExpected = [StartError, SettingsError, ShopError, FeedError, CommandError].some(
    kind => error instanceof kind,
  )
  if (error instanceof Error && isExpected) return oneLine(error.message)
  return undefined
}

/** Ends the command after an error: says what it was, and sets the exit code. */
export const fail = (error: unknown): void => {
  if (error instanceof CommanderError) {
    // Commander has said it already; asking for help is no mistake.
    process.exitCode = error.exitCode === 0 ? 0 : WRONG_USAGE
    return
  }
  const message = messageOf(error)
  if (message === undefined) console.error(error)
  else note(`cloudshelf: ${message}`)
  process.exitCode = FAILED
}

/** As commander would print it, but in one line and with the program's name. */
export const usageError = (text: string): string => `cloudshelf: ${oneLine(text.replace(/^error: /, ''))}\n`
