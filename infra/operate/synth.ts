/** `npm run synth -- --context stage=prod`: the templates of a stage, in build/cdk, offline. */
import { synthesize } from './cdk.ts'
import { command } from './words.ts'

await command(async ({ options, context }) => {
  synthesize({ ...context, stage: options.stage }, 'build/cdk')
  console.log(`The templates of ${options.stage} lie in build/cdk`)
})
