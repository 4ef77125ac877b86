/** Plan of a deployment: what exists and is to be adopted, and what the deployment would take away. */
import type { Options } from '../settings/options.ts'
import { compareOptions, type RecordedOptions, recordOptions } from '../settings/recorded-options.ts'
import { stackNames } from '../settings/stack-names.ts'
import { getStage } from '../settings/stage.ts'
import type { TemplateJson } from '../standing-costs.ts'
import { createImportTemplate, describeImports, findData, listAdoptable, listMissing } from './adopt.ts'
import type { Aws } from './aws.ts'
import { OperatorError } from './calls.ts'
import { listLosses } from './changes.ts'
import type { Import } from './cloudformation.ts'

export type StackIn = { readonly name: string; readonly aws: Aws }
export type ReadTemplate = (stack: string) => TemplateJson | undefined

/** The stacks of these options with AWS in their Region, as far as `regions` has it; `edge` is AWS in us-east-1. */
export const locateStacks = (options: Options, regions: readonly Aws[], edge: Aws): StackIn[] => {
  const names = stackNames(options)
  const at = (region: string | undefined, ...stacks: string[]): StackIn[] => {
    const aws = regions.find(one => one.region === region)
    return aws ? stacks.map(name => ({ name, aws })) : []
  }
  return [
    ...at(options.secondRegion, names.standbyStore),
    ...at(options.region, names.store),
    { name: names.edge, aws: edge },
    ...at(options.secondRegion, names.standbyData),
    ...at(options.region, names.data),
    ...at(options.secondRegion, names.standbyShop),
    ...at(options.region, names.shop),
  ]
}

const FAILED = /^(CREATE_FAILED|ROLLBACK_(COMPLETE|FAILED)|REVIEW_IN_PROGRESS|DELETE_FAILED)$/

/** The template of a stack that can be updated; undefined if there is none. */
export const deployedTemplate = async ({ name, aws }: StackIn): Promise<TemplateJson | undefined> => {
  const status = (await aws.stack(name))?.status
  return status === undefined || FAILED.test(status) ? undefined : aws.template(name)
}

/**
 * Removes what is left of stacks whose creation or deletion failed: CloudFormation cannot update them. Data in them is retained, and
 * can be adopted. `report` gets what is done.
 */
export const removeFailedCreations = async (
  stacks: readonly StackIn[],
  report: (line: string) => void,
): Promise<void> => {
  for (const { name, aws } of stacks) {
    const status = (await aws.stack(name))?.status
    if (!status || !FAILED.test(status)) continue
    report(`Removing ${name}, which is left of a failed creation or deletion (${status})`)
    await aws.removeStack(name)
  }
}

/**
 * Imports data that exists outside of its stack, where `isAllowed`. Throws OperatorError with the choices where it is not, because
 * the names of tables would be in the way.
 */
export const adoptData = async (
  stacks: readonly StackIn[],
  options: Options,
  readTemplate: ReadTemplate,
  isAllowed: boolean,
  report: (line: string) => void,
): Promise<void> => {
  const stage = getStage(options.stage)
  const found: { stack: StackIn; imports: readonly Import[]; template: TemplateJson }[] = []
  for (const stack of stacks) {
    const next = readTemplate(stack.name)
    if (!next) continue
    const deployed = await deployedTemplate(stack)
    const missing = listMissing(deployed, next)
    if (missing.length === 0) continue
    const data = await findData(stack.aws, stage)
    const imports = listAdoptable(missing, data)
    const template = createImportTemplate(deployed, next, imports, stack.aws.region, data)
    if (imports.length > 0) found.push({ stack, imports, template })
  }
  if (found.length === 0) return
  const what = found.map(({ imports }) => describeImports(imports)).join(', ')
  if (!isAllowed)
    throw new OperatorError(
      `data of an earlier ${stage.name} is in this account: ${what}. Use it with --adopt, or delete it for good: npm run destroy -- --context stage=${stage.name} --with-data`,
    )
  for (const { stack, imports, template } of found) {
    report(`Adopting ${describeImports(imports)} into ${stack.name}`)
    await stack.aws.importResources(stack.name, template, imports)
  }
}

/** What the deployment would take away, in words: options that are left out or changed, resources deleted or replaced. */
export const listChanges = async (
  stacks: readonly StackIn[],
  options: Options,
  last: RecordedOptions | undefined,
  readTemplate: ReadTemplate,
): Promise<string[]> => {
  const losses = await Promise.all(
    stacks.map(async stack =>
      listLosses(stack.name, await deployedTemplate(stack), readTemplate(stack.name)),
    ),
  )
  return [...(last ? compareOptions(last, recordOptions(options)) : []), ...losses.flat()]
}
