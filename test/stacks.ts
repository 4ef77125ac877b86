/** Stacks for tests: synthesized once for each set of options, of a stand-in's code unless that is given. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import { type FunctionId, functions } from '#src/lambda/functions.ts'
import { createRulePacks, suppressFindings } from '../infra/nag-suppressions.ts'
import { readOptions } from '../infra/settings/options.ts'
import type { CodeFolders } from '../infra/shop/functions.ts'
import { createStacks, type Stacks } from '../infra/stacks.ts'
import type { Resource, TemplateJson } from '../infra/standing-costs.ts'

export type StackOptions = Readonly<Record<string, unknown>>

/** All that can be said at once. */
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
}

const stream = (table: string) =>
  `arn:aws:dynamodb:eu-west-1:123456789012:table/${table}/stream/2026-01-01T00:00:00.000`

/** The same shop when the first Region is down, and the second has taken over. */
export const FAILOVER_OPTIONS: StackOptions = {
  ...ALL_OPTIONS,
  active: 'second',
  secondBooksStream: stream('cloudshelf-books'),
  secondControlStream: stream('cloudshelf-control'),
}

const createPlaceholderCode = (): CodeFolders => {
  const folder = mkdtempSync(join(tmpdir(), 'cloudshelf-code-'))
  writeFileSync(join(folder, 'index.mjs'), 'export const handler = async () => {}\n')
  return Object.fromEntries(functions.map(({ id }) => [id, folder])) as Record<FunctionId, string>
}
let code: CodeFolders | undefined

export type Synthesized = {
  readonly stacks: Stacks
  readonly templates: Readonly<Record<string, TemplateJson>>
  readonly app: App
}

const cache = new Map<string, Synthesized>()

const shortNames = (names: string[]): [string, string][] =>
  names.map(name => [name.replace(/^CloudShelf-[a-z]+-/, ''), name])

/** The templates of these options by `store`, `edge`, `shop`, and `standby-store`, `standby-shop` where there is a second Region. */
export const synthesize = (said: StackOptions, folders?: CodeFolders): Synthesized => {
  const key = JSON.stringify(said)
  const known = folders ? undefined : cache.get(key)
  if (known) return known
  code ??= createPlaceholderCode()
  const folder = mkdtempSync(join(tmpdir(), 'cloudshelf-synth-'))
  const app = new App({ outdir: folder, analyticsReporting: false })
  const { account, ...options } = said
  const stacks = createStacks(app, readOptions(options), folders ?? code, account as string | undefined)
  const assembly = app.synth()
  const templates = Object.fromEntries(
    shortNames(assembly.stacks.map(({ stackName }) => stackName)).map(([short, name]) => [
      short,
      assembly.getStackByName(name).template as TemplateJson,
    ]),
  )
  const result = { stacks, templates, app }
  if (!folders) cache.set(key, result)
  return result
}

/** What the rules find in an app that is synthesized, as `rule path`. */
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

/** What the rules find in these stacks, before it is said what of it is meant, and after. */
export const checkSuppressions = (
  said: StackOptions,
): { readonly unsaid: string[]; readonly left: string[] } => {
  const { app, stacks } = synthesize(said)
  const unsaid = listViolations(app)
  suppressFindings(stacks)
  return { unsaid, left: listViolations(app) }
}

/** The resources of a kind in a template: their names, and what is said of them. */
export const listResources = (template: TemplateJson | undefined, type: string): [string, Properties][] =>
  Object.entries(template?.Resources ?? {}).flatMap(([id, resource]: [string, Resource]) =>
    resource.Type === type ? [[id, (resource.Properties ?? {}) as Properties]] : [],
  )

// biome-ignore lint/suspicious/noExplicitAny: templates are JSON of many shapes; a test says what it expects of them.
export type Properties = Record<string, any>
