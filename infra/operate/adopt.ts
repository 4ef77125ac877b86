/**
 * Adoption of data that outlived its stack: tables, buckets and user pools of this stage that exist without belonging to the stack
 * that would create them. CloudFormation imports them; the deployment after it brings their settings up to date.
 */
import { getTableNames, type Stage } from '../settings/stage.ts'
import type { Resource, TemplateJson } from '../standing-costs.ts'
import type { Aws } from './aws.ts'
import { OperatorError } from './calls.ts'
import type { Import } from './cloudformation.ts'
import type { FoundTable, Tagged } from './stored-data.ts'

/** Where the data of a stage is looked for, and how it is found there. */
export type DataSource = Pick<Aws, 'region' | 'table' | 'tagged'>

/** What exists of a stage's data in a Region. */
export type FoundData = {
  readonly tables: ReadonlyMap<string, FoundTable>
  readonly tagged: readonly Tagged[]
}

/** Value of the tag `shop` of all resources of a stage. */
export const shopTag = ({ name }: Stage): string => `cloudshelf-${name}`

export const findData = async (aws: DataSource, stage: Stage): Promise<FoundData> => {
  const names = Object.values(getTableNames(stage))
  const tables = await Promise.all(names.map(async name => [name, await aws.table(name)] as const))
  return {
    tables: new Map(tables.flatMap(([name, found]) => (found ? [[name, found] as const] : []))),
    tagged: await aws.tagged(shopTag(stage)),
  }
}

/** Type of the resource, the property that identifies it, and how it is called. */
const KINDS = {
  'AWS::DynamoDB::GlobalTable': { identifier: 'TableName', kind: 'table' },
  'AWS::S3::Bucket': { identifier: 'BucketName', kind: 'bucket' },
  'AWS::Cognito::UserPool': { identifier: 'UserPoolId', kind: 'user pool' },
} as const

const partOf = ({ Properties = {} }: Resource): unknown => {
  const tags = Properties.Tags ?? Object.entries((Properties.UserPoolTags ?? {}) as object)
  return (tags as (readonly [string, unknown] | { Key: string; Value: unknown })[])
    .map(tag => ('Key' in tag ? ([tag.Key, tag.Value] as const) : tag))
    .find(([key]) => key === 'part')?.[1]
}

/** Name or id of the existing thing that this resource would be. Throws OperatorError where there are several. */
const findExisting = (resource: Resource, { tables, tagged }: FoundData): string | undefined => {
  const name = String(resource.Properties?.TableName)
  if (resource.Type === 'AWS::DynamoDB::GlobalTable') return tables.has(name) ? name : undefined
  const kind = KINDS[resource.Type as keyof typeof KINDS]?.kind
  const ids = tagged.filter(one => one.kind === kind && one.part === partOf(resource)).map(({ id }) => id)
  if (ids.length > 1)
    throw new OperatorError(
      `there are ${ids.length} ${kind}s for ${partOf(resource)}, ${ids.join(' and ')}: delete those that are not wanted, or remove their tag "shop"`,
    )
  return ids[0]
}

/** What makes a resource the same as one of another logical id: the name of a table, the part of a bucket or pool. */
const identityOf = (resource: Resource): string =>
  `${resource.Type} ${resource.Properties?.TableName ?? partOf(resource)}`

/** Resources that hold data and that the deployed stack lacks, by logical id. */
export const listMissing = (
  deployed: TemplateJson | undefined,
  next: TemplateJson | undefined,
): (readonly [string, Resource])[] => {
  const dataOf = (template: TemplateJson | undefined) =>
    Object.entries(template?.Resources ?? {}).filter(([, { Type }]) => Type in KINDS)
  const held = new Set(dataOf(deployed).map(([, resource]) => identityOf(resource)))
  return dataOf(next).filter(([, resource]) => !held.has(identityOf(resource)))
}

/** Those of the missing resources that exist outside of their stack. */
export const listAdoptable = (
  missing: readonly (readonly [string, Resource])[],
  found: FoundData,
): Import[] =>
  missing.flatMap(([logicalId, resource]) => {
    const { identifier } = KINDS[resource.Type as keyof typeof KINDS]
    const id = findExisting(resource, found)
    return id === undefined ? [] : [{ logicalId, type: resource.Type, identifier: { [identifier]: id } }]
  })

/** Whether a property can be imported: one that refers to other resources has to wait for them. */
const isSelfContained = (value: unknown): boolean =>
  !/"(Ref|Fn::GetAtt|Fn::GetStackOutput)":(?!"AWS::)/.test(JSON.stringify(value))

const importable = ({ Type, Properties = {} }: Resource, region: string, found: FoundData): Resource => {
  const replicas = [region, ...(found.tables.get(String(Properties.TableName))?.replicas ?? [])]
  const existing = (Properties.Replicas as { Region: string }[] | undefined)?.filter(one =>
    replicas.includes(one.Region),
  )
  return {
    Type,
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: Object.fromEntries(
      Object.entries({ ...Properties, ...(existing ? { Replicas: existing } : {}) }).filter(([, value]) =>
        isSelfContained(value),
      ),
    ),
  }
}

/** Text as CloudFormation gives it back in a template: with a question mark for each character beyond ASCII. */
const asReturned = (text: string): string => text.replaceAll(/[^\0-\x7f]/gu, '?')

/**
 * A value of a deployed template with the characters that CloudFormation has replaced, as far as the next template has the same
 * text: an import that changed another resource by them would be refused, or would write the question marks into it.
 */
export const restoreText = <T>(deployed: T, next: unknown): T => restoreValue(deployed, next) as T

const restoreValue = (deployed: unknown, next: unknown): unknown => {
  if (typeof deployed === 'string')
    return typeof next === 'string' && asReturned(next) === deployed ? next : deployed
  if (Array.isArray(deployed))
    return Array.isArray(next) ? deployed.map((one, i) => restoreValue(one, next[i])) : deployed
  if (typeof deployed !== 'object' || deployed === null || typeof next !== 'object' || next === null)
    return deployed
  const others: Readonly<Record<string, unknown>> = { ...next }
  return Object.fromEntries(
    Object.entries(deployed).map(([name, value]) => [name, restoreValue(value, others[name])]),
  )
}

/** The deployed template with the resources that are imported, and nothing else that is new, as an import requires. */
export const createImportTemplate = (
  deployed: TemplateJson = {},
  next: TemplateJson,
  imports: readonly Import[],
  region: string,
  found: FoundData,
): TemplateJson => ({
  ...restoreText(deployed, next),
  Resources: {
    ...restoreText(deployed.Resources, next.Resources),
    ...Object.fromEntries(
      imports.flatMap(({ logicalId }) => {
        const resource = next.Resources?.[logicalId]
        return resource ? [[logicalId, importable(resource, region, found)]] : []
      }),
    ),
  },
})

export const describeImports = (imports: readonly Import[]): string =>
  imports
    .map(
      ({ type, identifier }) =>
        `${KINDS[type as keyof typeof KINDS].kind} ${Object.values(identifier).join(' ')}`,
    )
    .join(', ')
