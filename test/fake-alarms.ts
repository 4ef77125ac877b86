/** Fake alarms of a Region: CloudWatch's states and actions, and SNS's subscribers. */

export type Reply = readonly [status: number, text: string, headers?: Readonly<Record<string, string>>]

export type FakeAlarms = {
  /** Addresses of the subscribers of each topic, and whether they have confirmed. */
  topics: Map<string, Map<string, boolean>>
  alarms: Map<string, { state: string; reason?: string; actions: string[] }>
  /** What CloudWatch says after it has published an alarm. */
  publishing: string
}

export const createAlarms = (): FakeAlarms => ({
  topics: new Map(),
  alarms: new Map(),
  publishing: 'Successfully executed action arn:aws:sns:topic',
})

/** What SNS answers. */
export const sns = ({ topics }: FakeAlarms, form: URLSearchParams): Reply => [
  200,
  [...(topics.get(form.get('TopicArn') ?? '') ?? [])]
    .map(
      ([address, isConfirmed]) =>
        `<member><Endpoint>${address}</Endpoint><SubscriptionArn>${isConfirmed ? 'arn:aws:sns:1' : 'PendingConfirmation'}</SubscriptionArn></member>`,
    )
    .join(''),
]

/** What CloudWatch answers: an alarm that is set off is published, and stays until it is set to another state. */
export const cloudWatch = ({ alarms, publishing }: FakeAlarms, form: URLSearchParams): Reply => {
  const found = alarms.get(form.get('AlarmName') ?? form.get('AlarmNames.member.1') ?? '')
  if (!found) return [200, '']
  if (form.get('Action') === 'SetAlarmState') {
    // Actions follow a change alone.
    if (found.state !== 'ALARM') found.actions.push(publishing)
    found.state = form.get('StateValue') ?? ''
    found.reason = form.get('StateReason') ?? ''
  }
  if (form.get('Action') === 'DescribeAlarmHistory')
    return [
      200,
      found.actions.map(one => `<member><HistorySummary>${one}</HistorySummary></member>`).join(''),
    ]
  return [200, `<member><StateValue>${found.state}</StateValue></member>`]
}
