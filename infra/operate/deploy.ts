/** Command `npm run deploy -- --context stage=prod`: deploys or updates the shop in an AWS account. */
import { runCommand } from './args.ts'
import { deployShop } from './deployment.ts'

await runCommand(['yes', 'adopt'], deployShop)
