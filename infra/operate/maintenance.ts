/** Command `npm run maintenance -- on --context stage=prod`: closes the shop by a page of the CDN; `off` opens it again. */
import { EDGE_REGION } from '../settings/region.ts'
import { stackNames } from '../settings/stack-names.ts'
import { runCommand } from './args.ts'
import { createAws, OperatorError } from './aws.ts'
import { isClosed, setClosed, waitUntilClosed } from './maintenance-page.ts'

const USAGE = 'Usage: npm run maintenance -- on|off|status --context stage=…'

await runCommand([], async ({ options, positionals }) => {
  const [what = '', ...more] = positionals
  if (!['on', 'off', 'status'].includes(what) || more.length > 0) throw new OperatorError(USAGE)
  const edge = createAws(EDGE_REGION)
  await edge.account()
  const shop = `The shop of ${options.stage}`
  if (what === 'status') {
    console.log(`${shop} is ${(await isClosed(edge, options.stage)) ? 'closed for maintenance' : 'open'}`)
    return
  }
  const closing = what === 'on'
  const isChanged = await setClosed(edge, options.stage, closing)
  if (!isChanged) console.log(`${shop} was ${closing ? 'closed' : 'open'} already`)
  const { Address: address } = await edge.stackOutputs(stackNames(options).edge)
  if (!address) throw new OperatorError(`${stackNames(options).edge} has no output Address`)
  await waitUntilClosed(address, closing)
  console.log(`${address} is ${closing ? 'closed for maintenance' : 'open'}`)
})
