/** Options of the last deployment, recorded in an output of the edge stack, which every deployment changes and every Region reads. */
import type { Options } from './options.ts'
import { OPTION_DEFAULTS } from './options.ts'

/** Options by name, as text of the command line; those that have their default are left out. */
export type RecordedOptions = Readonly<Record<string, string>>

/** Found by each deployment. */
const FOUND = [
  'secondBooksStream',
  'secondControlStream',
  'secondOrdersStream',
  'secondCartsStream',
  'secondUsersStream',
  'secretsRead',
  'natives',
]
/** Found by the command, and recorded for a failover: not reported as changes. */
const UNSAID = ['mailIdentity', 'secondMailIdentity']

const asText = (value: unknown): string =>
  typeof value === 'object'
    ? Object.entries(value as object)
        .map(([name, one]) => `${name}=${one}`)
        .sort()
        .join(',')
    : String(value)

/** The options that differ from their default. */
export const recordOptions = (options: Options): RecordedOptions =>
  Object.fromEntries(
    Object.entries(options)
      .filter(([name, value]) => value !== undefined && !FOUND.includes(name))
      .map(([name, value]): [string, string] => [name, asText(value)])
      .filter(([name, text]) => text !== asText(OPTION_DEFAULTS[name] ?? ''))
      .sort(([one], [other]) => one.localeCompare(other)),
  )

/** The text of the output, in ASCII: CloudFormation does not return other characters as they were given. */
export const formatRecordedOptions = (options: Options): string =>
  JSON.stringify(recordOptions(options)).replaceAll(
    /[^ -~]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** Reads the output; undefined where there is none. */
export const parseRecordedOptions = (output: string | undefined): RecordedOptions | undefined =>
  output === undefined ? undefined : (JSON.parse(output) as RecordedOptions)

/** The options without files, which another machine may not have: a removal does without them. */
export const withoutFiles = ({
  termsFile: _,
  privacyFile: __,
  ...others
}: RecordedOptions = {}): RecordedOptions => others

/** What a deployment with the options `now` would take back or change of those of the last, in words. */
export const compareOptions = (last: RecordedOptions, now: RecordedOptions): string[] =>
  Object.entries(last)
    .filter(([name, value]) => !UNSAID.includes(name) && now[name] !== value)
    .map(([name, value]) =>
      now[name] === undefined && OPTION_DEFAULTS[name] === undefined
        ? `${name} was ${value} and is left out: keep it with --context ${name}=${quote(value)}`
        : `${name} was ${value} and becomes ${now[name] ?? `${asText(OPTION_DEFAULTS[name])}, its default`}`,
    )

const quote = (text: string): string =>
  /^[\w.,:/@=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
