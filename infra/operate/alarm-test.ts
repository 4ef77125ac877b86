/** Test of the way of alarms to their reader: subscribers are confirmed, and CloudWatch can publish an alarm that is set off. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { AlarmCalls, StackResource } from './alarm-calls.ts'
import { OperatorError } from './calls.ts'

export type AlarmFinding = { readonly isFine: boolean; readonly line: string }

/** Alarms that are set off, by logical id: none of them takes back a release that is being rolled out. */
export const TEST_ALARMS = /^(MailWaits|Slow|CdnErrors)/
const REASON =
  'This is a test: npm run doctor has set this alarm off. Nothing is wrong, and it ends by itself.'
const TRIES = 20
const PAUSE_MS = 3_000

type Calls = AlarmCalls & { readonly region: string }

const wrong = (line: string): AlarmFinding => ({ isFine: false, line })

/** The first of the alarms that has not gone off: for another, nothing would be sent. */
const findQuietAlarm = async (
  aws: Calls,
  resources: readonly StackResource[],
): Promise<string | undefined> => {
  for (const { id, type, name } of resources)
    if (type === 'AWS::CloudWatch::Alarm' && TEST_ALARMS.test(id) && (await aws.alarmState(name)) !== 'ALARM')
      return name
  return undefined
}

/** What CloudWatch says about the mail of an alarm; undefined if it says nothing in time. */
const waitForAction = async (
  aws: Calls,
  alarm: string,
  since: Date,
  pauseMs: number,
): Promise<string | undefined> => {
  for (let tries = 0; tries < TRIES; tries++) {
    const [newest] = await aws.alarmActions(alarm, since)
    if (newest !== undefined) return newest
    await sleep(pauseMs)
  }
  return undefined
}

/**
 * Sends an alarm of a stack to its subscribers. `findings` say what is wrong with them, or to whom the alarm has gone; none where the
 * stack has no alarms. Throws OperatorError if AWS refuses a call. `pauseMs`: between two looks at what became of the alarm.
 */
export const testAlarms = async (
  aws: Calls,
  stack: string,
  now: () => Date = () => new Date(),
  pauseMs = PAUSE_MS,
): Promise<AlarmFinding[]> => {
  const resources = await aws.stackResources(stack)
  const topic = resources.find(({ type }) => type === 'AWS::SNS::Topic')?.name
  if (topic === undefined) return []
  const at = `alarms of ${stack} in ${aws.region}`
  const subscribers = await aws.subscribers(topic)
  if (subscribers.length === 0)
    return [wrong(`${at}: they have no subscriber; deploy with --context alarmEmail=you@your.domain`)]
  const pending = subscribers
    .filter(({ isConfirmed }) => !isConfirmed)
    .map(({ address }) =>
      wrong(
        `${at}: ${address} has not confirmed; open the link in the mail "AWS Notification - Subscription Confirmation"`,
      ),
    )
  const readers = subscribers.filter(({ isConfirmed }) => isConfirmed).map(({ address }) => address)
  if (readers.length === 0) return pending
  const alarm = await findQuietAlarm(aws, resources)
  if (alarm === undefined)
    return [...pending, wrong(`${at}: all that could be set off have gone off: see to them first`)]

  // Clocks differ.
  const since = new Date(now().getTime() - 60_000)
  const before = new Set(await aws.alarmActions(alarm, since))
  if (before.size > 0)
    throw new OperatorError(`${alarm} has just been set off: wait two minutes, and repeat the command`)
  await aws.setOffAlarm(alarm, REASON)
  const action = await waitForAction(aws, alarm, since, pauseMs)
  if (action?.startsWith('Successfully executed action'))
    return [
      ...pending,
      {
        isFine: true,
        line: `${at}: ${alarm} has gone to ${readers.join(', ')}. Has the mail arrived? A second one says that it is over`,
      },
    ]
  return [...pending, wrong(`${at}: ${alarm} was not sent: ${action ?? 'CloudWatch took no action'}`)]
}
