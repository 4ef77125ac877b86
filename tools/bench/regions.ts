/** `npm run bench:regions -- 20`: failover and the way back between two emulated Regions, with so many seconds of checkouts in each part. */
import { runCleanup } from '../../test/cleanup.ts'
import { emulateFailover } from './two-regions.ts'

try {
  const { orders, loss, rpoMs, rtoMs, backMs, ...more } = await emulateFailover(Number(process.argv[2] ?? 20))
  console.log(`${orders} orders acknowledged, five checkouts a second`)
  console.log(`RPO: ${loss.missing} acknowledged orders missing, oldest write not replicated ${rpoMs} ms old`)
  console.log(`RTO: ${rtoMs} ms to the first order in the second Region`)
  console.log(`Way back: ${backMs} ms to the first order in the first Region`)
  console.log(JSON.stringify({ loss, ...more }, undefined, 2))
} finally {
  await runCleanup()
}
