/** Calls about the alarms of a stack: its resources, the subscribers of a topic, and states of an alarm. */
import { type Calls, expectOk, xmlValue } from './calls.ts'

export type StackResource = { readonly id: string; readonly type: string; readonly name: string }
export type Subscriber = { readonly address: string; readonly isConfirmed: boolean }

export type AlarmCalls = {
  /** Resources of a stack: logical id, type and physical id. Throws OperatorError if there is no such stack. */
  readonly stackResources: (stack: string) => Promise<StackResource[]>
  readonly subscribers: (topic: string) => Promise<Subscriber[]>
  /** OK, ALARM or INSUFFICIENT_DATA; undefined if there is no such alarm. */
  readonly alarmState: (alarm: string) => Promise<string | undefined>
  /** Sets the alarm to ALARM until CloudWatch evaluates it again, within a minute or a few. */
  readonly setOffAlarm: (alarm: string, reason: string) => Promise<void>
  /** What CloudWatch says about the actions of the alarm since then, newest first. */
  readonly alarmActions: (alarm: string, since: Date) => Promise<string[]>
}

const members = (text: string): string[] => [...text.matchAll(/<member>.*?<\/member>/gs)].map(([one]) => one)

export const createAlarmCalls = ({ query }: Pick<Calls, 'query'>): AlarmCalls => {
  /** All pages of a list, whose members contain no lists. */
  const list = async (
    service: 'cloudformation' | 'sns',
    action: string,
    parameters: Readonly<Record<string, string>>,
  ): Promise<string[]> => {
    const found: string[] = []
    let token: string | undefined
    do {
      const page = { ...parameters, ...(token === undefined ? {} : { NextToken: token }) }
      const text = await expectOk(query(service, action, page), action)
      found.push(...members(text))
      token = xmlValue(text, 'NextToken') || undefined
    } while (token !== undefined)
    return found
  }
  const ask = (action: string, alarm: string, parameters: Readonly<Record<string, string>>) =>
    expectOk(query('monitoring', action, parameters), `alarm ${alarm}, ${action}`)

  return {
    stackResources: async stack =>
      (await list('cloudformation', 'ListStackResources', { StackName: stack })).map(one => ({
        id: xmlValue(one, 'LogicalResourceId') ?? '',
        type: xmlValue(one, 'ResourceType') ?? '',
        name: xmlValue(one, 'PhysicalResourceId') ?? '',
      })),
    subscribers: async topic =>
      (await list('sns', 'ListSubscriptionsByTopic', { TopicArn: topic })).map(one => ({
        address: xmlValue(one, 'Endpoint') ?? '',
        // Otherwise it is `PendingConfirmation`, or `Deleted`.
        isConfirmed: (xmlValue(one, 'SubscriptionArn') ?? '').startsWith('arn:'),
      })),
    alarmState: async alarm =>
      xmlValue(await ask('DescribeAlarms', alarm, { 'AlarmNames.member.1': alarm }), 'StateValue'),
    setOffAlarm: async (alarm, reason) => {
      await ask('SetAlarmState', alarm, { AlarmName: alarm, StateValue: 'ALARM', StateReason: reason })
    },
    alarmActions: async (alarm, since) => {
      const text = await ask('DescribeAlarmHistory', alarm, {
        AlarmName: alarm,
        HistoryItemType: 'Action',
        StartDate: since.toISOString(),
        ScanBy: 'TimestampDescending',
      })
      return members(text).map(one => xmlValue(one, 'HistorySummary') ?? '')
    },
  }
}
