/** `npm run synth -- --context stage=prod`: the templates of a stage, in build/cdk, offline. */

import { runCommand } from './args.ts'
import { synthesize } from './cdk.ts'

await runCommand(async ({ options, context }) => {
  synthesize({ ...context, stage: options.stage }, 'build/cdk')
  console.log(`The templates of ${options.stage} lie in build/cdk`)
})
