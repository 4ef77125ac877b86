/** Budget alert: mails the owner when the account's monthly cost exceeds the limit or is forecast to. Budgets are free. */
import { CfnBudget } from 'aws-cdk-lib/aws-budgets'
import type { Construct } from 'constructs'

type Kind = 'ACTUAL' | 'FORECASTED'

/** `usd` covers the whole account, because AWS separates shops by tags only if cost allocation tags are activated. */
export const createBudget = (scope: Construct, name: string, usd: number, email: string): void => {
  const createNotification = (
    notificationType: Kind,
    threshold: number,
  ): CfnBudget.NotificationWithSubscribersProperty => ({
    notification: {
      notificationType,
      comparisonOperator: 'GREATER_THAN',
      threshold,
      thresholdType: 'PERCENTAGE',
    },
    subscribers: [{ subscriptionType: 'EMAIL', address: email }],
  })
  new CfnBudget(scope, 'MonthlyBill', {
    budget: {
      budgetName: name,
      budgetType: 'COST',
      timeUnit: 'MONTHLY',
      budgetLimit: { amount: usd, unit: 'USD' },
    },
    notificationsWithSubscribers: [
      createNotification('ACTUAL', 80),
      createNotification('ACTUAL', 100),
      createNotification('FORECASTED', 100),
    ],
  })
}
