/** Errors of commands: one line on stderr that says what went wrong and what to do, and the exit code. */
import { type Command, CommanderError } from 'commander'
import { BackupError } from '../backup/format.ts'
import { FeedError } from '../catalog/import/feed/attributes.ts'
import { readSettings, SettingsError } from '../composition/settings.ts'
import { BucketError } from '../core/aws/s3-objects.ts'
import { MissingCredentials } from '../core/aws/sign.ts'
import { explainOutage } from '../core/dynamo/outage.ts'
import { DynamoError } from '../core/dynamo/wire.ts'
import { ShopError } from '../core/errors.ts'
import { SqlError } from '../core/sql/sql.ts'
import { StartError } from '../local/start-error.ts'
import { MoveError } from '../move/place.ts'
import { note } from './output.ts'

/** Exit code of a command that failed or found a problem; 0 is success. */
export const FAILED = 1
/** Exit code of a command line that is not understood. */
const WRONG_USAGE = 2

/** A command cannot do what it was asked to do. The message is one line that says why and what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

const oneLine = (message: string): string => message.replace(/\s+/g, ' ').trim()

const DATABASE_DOWN = new Set<string>(['store_unavailable', 'store_busy'])

/** SQLSTATEs of a server that refuses the user, the password or the database of the URL. */
const SIGN_IN_REFUSED = /^(28...|3D000)$/

const explainSqlError = ({ kind, state, message }: SqlError): string => {
  if (kind === 'unavailable')
    return `PostgreSQL cannot be reached (${oneLine(message)}): check that it runs, and DATABASE_URL`
  if (SIGN_IN_REFUSED.test(state ?? ''))
    return `PostgreSQL refuses the connection (${oneLine(message)}): check user, password and database in DATABASE_URL`
  return `PostgreSQL: ${oneLine(message)}`
}

const explainBucketError = ({ status, message }: BucketError): string => {
  if (status === 403) return `${message}: your credentials must be allowed to read and delete its objects`
  if (status === 301 || status === 400) return `${message}: it must be in the Region of the tables`
  return message
}

/** The line for an error that can be expected; undefined for a bug, whose stack is needed. */
export const explainError = (error: unknown): string | undefined => {
  // The messages of DynamoDB say more than the shop's own, which are written for customers.
  if (error instanceof DynamoError && error.type === 'ResourceNotFoundException')
    return `a table is missing (${oneLine(error.message)}): run \`npx cloudshelf tables create\``
  if (error instanceof DynamoError) return oneLine(error.message)
  if (error instanceof ShopError && error.cause instanceof MissingCredentials)
    return oneLine(error.cause.message)
  if (error instanceof ShopError && DATABASE_DOWN.has(error.code)) {
    const outage = explainOutage(error)
    if (outage && outage.cause !== 'unreachable') return `the database fails: ${outage.text}`
    const database = readSettings().endpoint ?? 'the embedded engine'
    return `the database (${database}) does not respond or is overloaded: check that it is running, then try again`
  }
  if (error instanceof BucketError) return oneLine(explainBucketError(error))
  if (error instanceof SqlError) return explainSqlError(error)
  if (error instanceof ShopError && error.code === 'shop_moving')
    return 'the shop is moving, or has moved, to another database, and takes no changes here: see `cloudshelf move --status`'
  const isExpected = [
    StartError,
    SettingsError,
    ShopError,
    FeedError,
    MoveError,
    CommandError,
    BackupError,
  ].some(kind => error instanceof kind)
  return error instanceof Error && isExpected ? oneLine(error.message) : undefined
}

/** Reports the error that ends a command, and sets the exit code. */
export const reportError = (error: unknown): void => {
  if (error instanceof CommanderError) {
    // Commander has printed it; --help and --version end this way too, with code 0.
    process.exitCode = error.exitCode === 0 ? 0 : WRONG_USAGE
    return
  }
  const message = explainError(error)
  if (message === undefined) console.error(error)
  else note(`cloudshelf: ${message}`)
  process.exitCode = FAILED
}

const fullName = (command: Command): string =>
  command.parent ? `${fullName(command.parent)} ${command.name()}` : command.name()

/** Commander's message about a wrong command line, as one line that names the help to read. */
export const usageError = (command: Command, message: string): string =>
  `cloudshelf: ${oneLine(message.replace(/^error: /, ''))} (see \`${fullName(command)} --help\`)\n`
