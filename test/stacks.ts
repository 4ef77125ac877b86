/** CDK stacks for tests, synthesized once per set of options, with placeholder code by default. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import {
  BUNDLES,
  type BundleId,
  FUNCTIONS,
  type FunctionDefinition,
  OPTIONAL_FUNCTIONS,
} from '#src/lambda/functions.ts'
import { createRulePacks, suppressFindings } from '../infra/nag-suppressions.ts'
import { readOptions } from '../infra/settings/options.ts'
import { takesStripe } from '../infra/settings/payments.ts'
import type { CodeFolders } from '../infra/shop/functions.ts'
import { createStacks, type Stacks } from '../infra/stacks.ts'
import type { Resource, TemplateJson } from '../infra/standing-costs.ts'

export type StackOptions = Readonly<Record<string, unknown>>

/** All options at once. */
export const ALL_OPTIONS: StackOptions = {
  region: 'eu-central-1',
  secondRegion: 'eu-west-1',
  domain: 'shop.example',
  zoneId: 'Z0123456789ABC',
  waf: 'true',
  cognito: 'my-bookshop',
  mailFrom: 'CloudShelf <orders@shop.example>',
  alarmEmail: 'owner@shop.example',
  reserved: 'OrderProcess=20,ShoppingCart=10',
  memory: 'BookCatalog=2048,IndexConsumer=3008',
  shopName: 'Corner Books',
  shopAddress: '1 Library Lane; Anytown',
  timeZone: 'America/New_York',
  paymentMethods: 'stripe,invoice',
}

/** All options of PostgreSQL, beside the others. */
export const REPORT_OPTIONS: StackOptions = {
  reports: 'hourly',
  vpcFunctions: 'true',
  biAccess: 'true',
  databaseReader: 'true',
}

const stream = (table: string) =>
  `arn:aws:dynamodb:eu-west-1:123456789012:table/${table}/stream/2026-01-01T00:00:00.000`

/** The same options after a failover to the second Region. */
export const FAILOVER_OPTIONS: StackOptions = {
  ...ALL_OPTIONS,
  active: 'second',
  secondBooksStream: stream('cloudshelf-books'),
  secondControlStream: stream('cloudshelf-control'),
}

/** Streams of the tables in the second Region, as a deployment finds them. */
export const SECOND_STREAMS: StackOptions = {
  secondBooksStream: stream('cloudshelf-books'),
  secondControlStream: stream('cloudshelf-control'),
  secondOrdersStream: stream('cloudshelf-orders'),
  secondCartsStream: stream('cloudshelf-carts'),
  secondUsersStream: stream('cloudshelf-users'),
}

const createPlaceholderCode = (): CodeFolders => {
  const folder = mkdtempSync(join(tmpdir(), 'cloudshelf-code-'))
  writeFileSync(join(folder, 'index.mjs'), 'export const handler = async () => {}\n')
  return Object.fromEntries(BUNDLES.map(id => [id, folder])) as Record<BundleId, string>
}
let code: CodeFolders | undefined

/** CDK's feature flags, as cdk.json sets them. */
export const readFeatureFlags = (): Record<string, unknown> => {
  const { context } = JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> }
  return Object.fromEntries(Object.entries(context).filter(([name]) => name.startsWith('@aws-cdk/')))
}

export type Synthesized = {
  readonly stacks: Stacks
  readonly templates: Readonly<Record<string, TemplateJson>>
  readonly app: App
  readonly takesStripe: boolean
}

const cache = new Map<string, Synthesized>()

const shortNames = (names: string[]): [string, string][] =>
  names.map(name => [name.replace(/^CloudShelf-[a-z]+-/, ''), name])

/** Templates by `store`, `edge`, `shop`, with reports `data`, and the same with `standby-` but for the edge if there is a second Region. */
export const synthesize = (said: StackOptions, folders?: CodeFolders): Synthesized => {
  const key = JSON.stringify(said)
  const known = folders ? undefined : cache.get(key)
  if (known) return known
  code ??= createPlaceholderCode()
  const folder = mkdtempSync(join(tmpdir(), 'cloudshelf-synth-'))
  const app = new App({ outdir: folder, analyticsReporting: false, context: readFeatureFlags() })
  const { account, ...options } = said
  const read = readOptions(options, { region: 'us-east-1' })
  const stacks = createStacks(app, read, folders ?? code, account as string | undefined)
  const assembly = app.synth()
  const templates = Object.fromEntries(
    shortNames(assembly.stacks.map(({ stackName }) => stackName)).map(([short, name]) => [
      short,
      assembly.getStackByName(name).template as TemplateJson,
    ]),
  )
  const result = { stacks, templates, app, takesStripe: takesStripe(read) }
  if (!folders) cache.set(key, result)
  return result
}

/** Rule violations of an app, as `rule path`. */
export const listViolations = (app: App): string[] => {
  const stackTemplates = app.synth().stacks.map(({ templateFullPath, hierarchicalId }) => ({
    templatePath: templateFullPath,
    stackConstructPath: hierarchicalId,
    accountId: undefined,
    region: undefined,
  }))
  const context = {
    stackTemplates,
    templatePaths: stackTemplates.map(({ templatePath }) => templatePath),
    appConstruct: app,
  }
  return createRulePacks().flatMap(pack =>
    pack
      .validate(context)
      .violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(
          ({ constructPath, resourceLogicalId }) => `${ruleName} ${constructPath ?? resourceLogicalId}`,
        ),
      ),
  )
}

/** Rule violations before and after the suppressions are applied. */
export const checkSuppressions = (
  said: StackOptions,
): { readonly unsaid: string[]; readonly left: string[] } => {
  const { app, stacks } = synthesize(said)
  const unsaid = listViolations(app)
  suppressFindings(stacks)
  return { unsaid, left: listViolations(app) }
}

/**
 * The functions that a stack must have: the purger is in stages that purge their CDN, and in the Region that is active there; that of
 * payment events where the shop takes payments by Stripe.
 */
export const definitionsIn = (
  { stacks, takesStripe }: Synthesized,
  stack = 'shop',
): readonly FunctionDefinition[] => {
  const isPurged = stacks.stage !== 'dev' && stack === 'shop'
  return [
    ...FUNCTIONS,
    ...OPTIONAL_FUNCTIONS.filter(
      ({ option }) => (isPurged && option === 'cdnPaths') || (takesStripe && option === 'stripe'),
    ),
  ]
}

/** Names of the secrets that a function reads in these stacks. */
export const secretsIn = (
  { takesStripe }: Synthesized,
  { secrets, providerSecrets = [] }: FunctionDefinition,
): string[] => [...secrets, ...(takesStripe ? providerSecrets : [])]

/** Resources of a type: logical id and properties. */
export const listResources = (template: TemplateJson | undefined, type: string): [string, Properties][] =>
  Object.entries(template?.Resources ?? {}).flatMap(([id, resource]: [string, Resource]) =>
    resource.Type === type ? [[id, (resource.Properties ?? {}) as Properties]] : [],
  )

// biome-ignore lint/suspicious/noExplicitAny: templates are JSON of many shapes; a test says what it expects of them.
export type Properties = Record<string, any>
