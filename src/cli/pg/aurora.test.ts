/** The commands of a shop on AWS, over stand-ins of the Data API and of SSM. */
import { expect, onTestFinished, test } from 'vitest'
import { runCommand } from '../../../test/cli.ts'
import { createFunctionEnvironment, SSM_PARAMETERS } from '../../../test/deployments.ts'
import { startFakeAws } from '../../../test/fake-aws.ts'
import { CLUSTER_ARN, DATABASE_SECRET_ARN, startFakeDataApi } from '../../../test/fake-data-api.ts'
import { aBook, checkOut, createTestShop, temporaryFolder } from '../../../test/kit.ts'
import { openTestDatabase } from '../../../test/postgres.ts'

test('backfill, verify and status work through the Data API with the secret of the shop; a second backfill has nothing to do', async () => {
  const shop = await createTestShop({ books: [aBook()], withStaff: false })
  const buyer = shop.visitor()
  await buyer.post('/api/cart/items', { book_id: 'tech-001' })
  await checkOut(buyer)
  const { url, sql } = await openTestDatabase()
  const api = await startFakeDataApi(url)
  const aws = await startFakeAws(SSM_PARAMETERS)
  onTestFinished(() => void aws.close())
  const env = {
    ...(await createFunctionEnvironment(shop.deps, aws.url)),
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    DATABASE_ARN: CLUSTER_ARN,
    DATABASE_SECRET_ARN,
    DATA_API_ENDPOINT: api.endpoint,
  }
  const run = (...args: string[]) => runCommand(temporaryFolder(), ['pg', ...args], env)
  const filled = await run('backfill', '--json')
  expect(filled.stderr).toBe('')
  expect(JSON.parse(filled.stdout)).toMatchObject({ items: 3, parked: [] })
  expect(JSON.parse((await run('backfill', '--json')).stdout)).toMatchObject({ items: 3 })
  expect(JSON.parse((await run('verify', '--json')).stdout)).toMatchObject({
    missing: 0,
    differ: 0,
    extra: 0,
  })
  const status = JSON.parse((await run('status', '--json')).stdout)
  expect(status).toMatchObject({ database: CLUSTER_ARN, embedded: false, left_out: [] })
  expect(status.search).toMatchObject({ current: true })
  expect(Date.parse(status.as_of)).toBeGreaterThan(Date.now() - 60_000)
  await sql.query('delete from shop.orders')
  const rebuilt = await run('rebuild', '--yes', '--json')
  expect(JSON.parse(rebuilt.stdout)).toMatchObject({ items: 3 })
  const refused = await run('query', 'select 1')
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('needs a server with a DATABASE_URL'),
  })
})
