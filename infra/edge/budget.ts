/** Whoever pays is told when the account's month costs more than was said, or is going to. Budgets cost nothing. */
import { CfnBudget } from 'aws-cdk-lib/aws-budgets'
import type { Construct } from 'constructs'

type Kind = 'ACTUAL' | 'FORECASTED'

/** `usd` is of the whole account: AWS tells shops apart by tags only where its owner has switched that on. */
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
