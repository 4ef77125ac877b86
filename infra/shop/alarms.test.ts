/** Tests of the alarms: which there are, what they watch, and that the mail reaches somebody. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ALL_OPTIONS, listResources, type Properties, synthesize } from '../../test/stacks.ts'

const ORDER_HOURS = { orderHours: '9-21', orderGap: '4' }
const all = synthesize({ stage: 'prod', ...ALL_OPTIONS, ...ORDER_HOURS })
const staging = synthesize({ stage: 'staging' })

const alarmsIn = (stack: string, { templates } = all): Map<string, Properties> =>
  new Map(
    listResources(templates[stack], 'AWS::CloudWatch::Alarm').map(([id, found]) => [
      id.replace(/[0-9A-F]{8}$/, ''),
      found,
    ]),
  )
const metricsOf = ({ Metrics = [], MetricName }: Properties): string[] =>
  [MetricName, ...(Metrics as Properties[]).map(one => one.MetricStat?.Metric.MetricName)].filter(Boolean)

test('there is an alarm for refused requests, old lists, slow tables, late replicas and hours without orders', () => {
  const shop = alarmsIn('shop')
  const watched = Object.fromEntries(
    ['TooManyRequests', 'ClientErrors', 'IndexOld', 'MailBounces', 'MailComplaints', 'NoOrders'].map(id => [
      id,
      metricsOf(shop.get(id) ?? {}),
    ]),
  )
  expect(watched).toEqual({
    TooManyRequests: ['TooManyRequests', 'Count'],
    ClientErrors: ['4xx', 'Count'],
    IndexOld: ['IndexAge'],
    MailBounces: ['Reputation.BounceRate'],
    MailComplaints: ['Reputation.ComplaintRate'],
    NoOrders: ['OrderGap'],
  })
  expect(shop.get('NoOrders')?.Threshold).toBe(4)
  const tables = metricsOf(shop.get('TablesThrottled') ?? {})
  expect([tables.length, new Set(tables)]).toEqual([
    10,
    new Set(['ReadThrottleEvents', 'WriteThrottleEvents']),
  ])
  const late = JSON.stringify(shop.get('ReplicationLate'))
  expect(late.match(/"Value":"eu-west-1"/g)).toHaveLength(5)
  expect(JSON.stringify(alarmsIn('standby-shop').get('ReplicationLate'))).toContain('eu-central-1')
  expect(alarmsIn('shop', staging).has('NoOrders')).toBe(false)
  expect(alarmsIn('shop', staging).has('ReplicationLate')).toBe(false)
})

test('payments in review and failed refunds are watched wherever they are counted, refused events where they come', () => {
  const watched = (stack: string, made = all) =>
    Object.fromEntries(
      ['PaymentsInReview', 'RefundsFailed', 'EventsRefused', 'PaymentEventsErrors', 'SweeperErrors'].map(
        id => {
          const alarm = JSON.stringify(alarmsIn(stack, made).get(id) ?? null)
          return [
            id,
            [...alarm.matchAll(/"(?:Ref|Value)":"(OrderProcess|PaymentEvents|Sweeper)\w*"/g)].map(
              ([, one]) => one,
            ),
          ]
        },
      ),
    )
  const counting = ['OrderProcess', 'PaymentEvents', 'Sweeper']
  expect(watched('shop')).toMatchObject({
    PaymentsInReview: counting,
    RefundsFailed: counting,
    EventsRefused: ['PaymentEvents'],
  })
  expect(alarmsIn('shop').get('PaymentsInReview')?.Threshold).toBe(0)
  expect(alarmsIn('shop').get('EventsRefused')).toMatchObject({ Period: 3_600, Threshold: 1 })
  for (const id of ['PaymentEventsErrors', 'SweeperErrors']) expect(alarmsIn('shop').has(id), id).toBe(true)
  // The standby takes no orders, and a shop without Stripe has neither the function nor its alarms.
  for (const alarms of [alarmsIn('standby-shop'), alarmsIn('shop', staging)])
    for (const id of ['PaymentsInReview', 'RefundsFailed', 'EventsRefused'])
      expect(alarms.has(id), id).toBe(false)
  expect(JSON.stringify(staging.templates)).not.toMatch(/PaymentEvents|stripe-/)
})

test('an alarm takes a release back within the minutes of its canary, and mails are watched where any are sent', () => {
  for (const made of [all, staging]) {
    const { Period, EvaluationPeriods, DatapointsToAlarm, Threshold } =
      alarmsIn('shop', made).get('ServerErrors') ?? {}
    expect({ Period, EvaluationPeriods, DatapointsToAlarm, Threshold }).toEqual({
      Period: 60,
      EvaluationPeriods: 5,
      DatapointsToAlarm: 1,
      Threshold: 2,
    })
  }
  expect(alarmsIn('shop').has('MailWaits')).toBe(true)
  expect(alarmsIn('shop', staging).has('MailWaits')).toBe(false)
  expect(alarmsIn('standby-shop').has('MailWaits')).toBe(false)
})

test('errors of the CDN are watched in us-east-1, where its metrics are, with a topic of their own', () => {
  const [alarm] = alarmsIn('edge').values()
  expect(metricsOf(alarm ?? {})).toEqual(['5xxErrorRate', 'Requests'])
  expect(JSON.stringify(alarm?.Metrics)).toContain('{"Name":"Region","Value":"Global"}')
  const [[, subscription] = []] = listResources(all.templates.edge, 'AWS::SNS::Subscription')
  expect(subscription).toMatchObject({ Protocol: 'email', Endpoint: 'owner@shop.example' })
})

test('each alarm sends a mail when it goes off and when it is over, and a heading of the guide explains it', () => {
  const guide = readFileSync('docs/operations.md', 'utf8')
  for (const [stack, { templates }] of [
    ['shop', all],
    ['standby-shop', all],
    ['edge', all],
    ['shop', staging],
    ['edge', staging],
  ] as const) {
    const [[topic] = []] = listResources(templates[stack], 'AWS::SNS::Topic')
    const alarms = listResources(templates[stack], 'AWS::CloudWatch::Alarm')
    expect(alarms.length, stack).toBeGreaterThan(0)
    for (const [id, { AlarmActions, OKActions, AlarmDescription, Dimensions, Namespace }] of alarms) {
      expect([AlarmActions, OKActions], id).toEqual([[{ Ref: topic }], [{ Ref: topic }]])
      const heading = /docs\/operations\.md, "([^"]+)"/.exec(AlarmDescription)?.[1]
      expect(guide, id).toContain(`| ${heading} (`)
      // An alarm must be limited to this shop's resources.
      if (Namespace) expect(Dimensions.length, id).toBeGreaterThan(0)
    }
  }
})

test('a sum has a value where one of its metrics has none', () => {
  const throttled = alarmsIn('shop').get('Throttled')?.Metrics as Properties[]
  const expression = throttled.map(({ Expression }) => Expression).find(Boolean)
  expect(expression).toMatch(/^SUM\(\[FILL\(m0, 0\), /)
})

test('the budget warns of the bill of a month', () => {
  const [[, budget] = []] = listResources(all.templates.edge, 'AWS::Budgets::Budget')
  expect(budget?.Budget.BudgetLimit).toEqual({ Amount: 20, Unit: 'USD' })
})
