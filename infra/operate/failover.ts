/** Command `npm run failover -- second --context stage=prod`: moves orders to the second Region, or back to the first. */
import { activateRegion } from './active-region.ts'
import { runCommand } from './args.ts'

await runCommand(['yes'], activateRegion)
