/** Alarms on payments by a provider. */
import { Duration } from 'aws-cdk-lib'
import { Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { MetricName } from '#src/core/log/metrics.ts'
import type { Watch } from './alarm.ts'
import { type DeployedFunction, type DeployedFunctions, paymentFunctions } from './functions.ts'
import { shopMetric, sumMetrics } from './metrics.ts'

/** Creates the alarms; `events` is the function that the provider sends its events to. */
export const watchPayments = (watch: Watch, functions: DeployedFunctions, events: DeployedFunction): void => {
  const counted = (name: MetricName, label: string) =>
    sumMetrics(
      label,
      paymentFunctions(functions).map(one => shopMetric(name, one, Stats.SUM)),
    )
  watch('PaymentsInReview', {
    metric: counted('PaymentsInReview', 'payments in review'),
    threshold: 0,
    description: 'Money came that may not become an order. See docs/operations.md, "payments in review".',
  })
  watch('RefundsFailed', {
    metric: counted('RefundsFailed', 'failed refunds'),
    threshold: 0,
    description: 'A refund has failed: the customer has no money back. See docs/operations.md, "refunds".',
  })
  watch('EventsRefused', {
    // By the hour: with a wrong secret a small shop has few, and a stranger's single try is nothing.
    metric: shopMetric('RefusedEvents', events, Stats.SUM, Duration.hours(1)),
    threshold: 1,
    description:
      'Events of the payment provider are refused or come from elsewhere. See docs/operations.md, "refused events".',
  })
}
