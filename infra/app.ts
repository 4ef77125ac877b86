/** CDK app, started by the `cdk` command to create the templates of a stage. */
import { App } from 'aws-cdk-lib'
import { BUNDLES, type BundleId } from '#src/lambda/functions.ts'
import { bundleFunction } from './bundle.ts'
import { addChecks, suppressFindings } from './nag-suppressions.ts'
import { NativeDepsError } from './native-deps.ts'
import { type Options, OptionsError, readOptions } from './settings/options.ts'
import { legalTextFiles } from './settings/profile.ts'
import { findRegion } from './settings/region.ts'
import type { CodeFolders } from './shop/functions.ts'
import { createStacks } from './stacks.ts'

const bundleFunctions = async (options: Options): Promise<CodeFolders> => {
  const folders: [BundleId, string][] = []
  for (const id of BUNDLES) {
    const files = id === 'Pages' ? legalTextFiles(options) : []
    folders.push([id, (await bundleFunction(id, options.natives, files)).folder])
  }
  return Object.fromEntries(folders) as Record<BundleId, string>
}

const app = new App()
try {
  const options = readOptions(app.node.getAllContext(), { region: await findRegion() })
  const stacks = createStacks(app, options, await bundleFunctions(options), process.env.CDK_DEFAULT_ACCOUNT)
  suppressFindings(stacks)
  addChecks(app)
  app.synth()
} catch (error) {
  if (!(error instanceof OptionsError || error instanceof NativeDepsError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
