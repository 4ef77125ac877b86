/** Command `npm run destroy -- --context stage=dev`: removes the shop from the account, production's data only `--with-data`. */
import { runCommand } from './args.ts'
import { destroyShop } from './removal.ts'

await runCommand(['yes', 'with-data', 'final-backup', 'confirm'], destroyShop)
