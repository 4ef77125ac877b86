/** `npm run synth -- --context stage=prod`: the templates of a stage, in build/cdk, offline. */

import { command } from './args.ts'
import { synthesize } from './cdk.ts'

await command(async ({ options, context }) => {
  synthesize({ ...context, stage: options.stage }, 'build/cdk')
  console.log(`The templates of ${options.stage} lie in build/cdk`)
})
