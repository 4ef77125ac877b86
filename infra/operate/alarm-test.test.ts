/** Tests of the way of alarms on a fake account: subscribers, the alarm that is set off, and what CloudWatch says about it. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startFakeAccount } from '../../test/fake-account.ts'
import { listResources, synthesize } from '../../test/stacks.ts'
import { TEST_ALARMS, testAlarms } from './alarm-test.ts'
import { createAws } from './aws.ts'

const EU = 'eu-central-1'
const STACK = 'CloudShelf-prod-shop'
let fake: Awaited<ReturnType<typeof startFakeAccount>>
beforeEach(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test')
  fake = await startFakeAccount()
  const Resources = {
    Alarms1: { Type: 'AWS::SNS::Topic' },
    ServerErrors1: { Type: 'AWS::CloudWatch::Alarm' },
    MailWaits1: { Type: 'AWS::CloudWatch::Alarm' },
    Slow1: { Type: 'AWS::CloudWatch::Alarm' },
  }
  fake.region(EU).stacks.set(STACK, { status: 'UPDATE_COMPLETE', template: { Resources } })
  fake.region(EU).topics.set('Alarms1', new Map([['you@shop.example', true]]))
  for (const name of ['ServerErrors1', 'MailWaits1', 'Slow1'])
    fake.region(EU).alarms.set(name, { state: 'OK', actions: [] })
})
afterEach(() => {
  fake.close()
  vi.unstubAllEnvs()
})
const run = () => testAlarms(createAws(EU, fake.endpoint, 1), STACK, undefined, 1)

test('an alarm is set off with a reason that says it is a test, and one that has gone off already is passed over', async () => {
  const { alarms } = fake.region(EU)
  alarms.set('MailWaits1', { state: 'ALARM', actions: [] })
  expect(await run()).toEqual([
    {
      isFine: true,
      line: expect.stringMatching(/Slow1 has gone to you@shop\.example\. Has the mail arrived/),
    },
  ])
  expect(alarms.get('Slow1')).toMatchObject({
    state: 'ALARM',
    reason: expect.stringContaining('This is a test'),
  })
  expect(alarms.get('ServerErrors1')?.state).toBe('OK')
  // All have gone off now.
  expect(await run()).toEqual([{ isFine: false, line: expect.stringContaining('see to them first') }])
})

test('a topic without a subscriber, or with one that has not confirmed, fails, and no alarm is set off', async () => {
  const { topics, alarms } = fake.region(EU)
  topics.set('Alarms1', new Map([['you@shop.example', false]]))
  expect(await run()).toEqual([
    { isFine: false, line: expect.stringContaining('you@shop.example has not confirmed') },
  ])
  topics.set('Alarms1', new Map())
  expect(await run()).toEqual([{ isFine: false, line: expect.stringContaining('alarmEmail=') }])
  expect([...alarms.values()].map(({ state }) => state)).toEqual(['OK', 'OK', 'OK'])
})

test('an alarm that CloudWatch may not publish is told with its reason', async () => {
  fake.region(EU).publishing = 'Failed to execute action arn:aws:sns:topic. Received error: not authorized'
  expect(await run()).toEqual([
    { isFine: false, line: expect.stringMatching(/MailWaits1 was not sent: Failed .* not authorized/) },
  ])
})

test('every stack with a topic has an alarm for the test, and none of those takes back a release', () => {
  const { templates } = synthesize({ stage: 'prod', mailFrom: 'orders@shop.example' })
  for (const stack of ['shop', 'edge'] as const) {
    const ids = listResources(templates[stack], 'AWS::CloudWatch::Alarm').map(([id]) => id)
    expect(ids.filter(id => TEST_ALARMS.test(id))).not.toEqual([])
  }
  const groups = listResources(templates.shop, 'AWS::CodeDeploy::DeploymentGroup')
  const rollback = groups.flatMap(([, { AlarmConfiguration }]) =>
    AlarmConfiguration.Alarms.map(({ Name }: { Name: { Ref: string } }) => Name.Ref),
  )
  expect(rollback.length).toBeGreaterThan(0)
  expect(rollback.filter(id => TEST_ALARMS.test(id))).toEqual([])
})
