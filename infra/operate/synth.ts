/** Command `npm run synth -- --context stage=prod`: writes the templates of a stage to build/cdk, offline. */

import { runCommand } from './args.ts'
import { synthesize } from './cdk.ts'

await runCommand([], async ({ options, context }) => {
  synthesize({ ...context, stage: options.stage }, 'build/cdk')
  console.log(`Templates of ${options.stage} written to build/cdk`)
})
