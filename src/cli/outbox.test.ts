import { expect, test } from 'vitest'
import { runCommand } from '../../test/cli.ts'
import { getTestEngine, temporaryFolder } from '../../test/kit.ts'
import { createMailCapture, createMailShop } from '../../test/mail.ts'
import { sendDueMail } from '../notifications/worker.ts'
import { TABLE_IDS, TABLES } from '../tables/definitions.ts'

const DAY = 86_400_000

test('overdue emails are listed apart from dead ones, and sent again only by their IDs', async () => {
  const shop = await createMailShop()
  const { deps, time, names } = shop
  const overdue = `${(await shop.place()).order_id}#order_confirmed`
  time.advance(4 * DAY)
  const dead = `${(await shop.place({ email: 'nobody' })).order_id}#order_confirmed`
  await sendDueMail({ ...deps, transport: createMailCapture().transport })
  shop.reportedErrors.length = 0

  const env = {
    DYNAMODB_ENDPOINT: (await getTestEngine()).endpoint,
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
    ...Object.fromEntries(TABLE_IDS.map(id => [TABLES[id].env, names[id]])),
  }
  const folder = temporaryFolder()
  const outbox = async (...words: string[]) => {
    const { code, stdout, stderr } = await runCommand(folder, ['outbox', ...words], env)
    expect(code, stderr).toBe(0)
    return stdout
  }
  const listed = await outbox('list')
  expect(listed).toMatch(new RegExp(`^DEAD +${dead} +given up `, 'm'))
  expect(listed).toMatch(
    new RegExp(`^OVERDUE +${overdue} +dropped .*overdue: it could not be sent before 2026-03-04`, 'm'),
  )
  expect(listed).toMatch(/^0 pending, 1 dead, 1 overdue$/m)
  expect(JSON.parse(await outbox('retry', '--all-dead', '--json'))).toEqual({ revived: [dead] })
  expect(JSON.parse(await outbox('retry', overdue, '--json'))).toEqual({ revived: [overdue] })
  expect(await outbox('list')).toMatch(/^2 pending, 0 dead, 0 overdue$/m)
})
