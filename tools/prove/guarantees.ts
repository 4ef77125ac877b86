/** List of all guarantees, by number. */

import { enumerationGuarantees } from './account-enumeration.ts'
import { accountGuarantees } from './accounts.ts'
import { backupGuarantees } from './backups.ts'
import { cartGuarantees } from './carts.ts'
import { categoryGuarantees } from './categories.ts'
import { crashGuarantees } from './crash.ts'
import { parityGuarantees } from './engine-parity.ts'
import { erasureGuarantees } from './erasure.ts'
import { expiryGuarantees } from './expiry.ts'
import { foreignDataGuarantees } from './foreign-data.ts'
import { fuzzingGuarantees } from './fuzzing.ts'
import type { Guarantee } from './guarantee.ts'
import { idempotencyGuarantees } from './idempotency.ts'
import { moveGuarantees } from './moves.ts'
import { ownershipGuarantees } from './order-ownership.ts'
import { outageGuarantees } from './outages.ts'
import { overloadGuarantees } from './overload.ts'
import { paymentRecoveryGuarantees } from './payment-recovery.ts'
import { refundGuarantees } from './payment-refunds.ts'
import { paymentStockGuarantees } from './payment-stock.ts'
import { paymentGuarantees } from './payments.ts'
import { pipeliningGuarantees } from './pipelining.ts'
import { priceGuarantees } from './prices.ts'
import { projectionGuarantees } from './projection.ts'
import { soakGuarantees } from './soak.ts'
import { stockGuarantees } from './stock.ts'
import { storeFailureGuarantees } from './store-failures.ts'
import { suiteGuarantees } from './suite-guarantees.ts'
import { unpaidLimitGuarantees } from './unpaid-limit.ts'

export const guarantees: readonly Guarantee[] = [
  ...accountGuarantees,
  ...backupGuarantees,
  ...cartGuarantees,
  ...categoryGuarantees,
  ...crashGuarantees,
  ...erasureGuarantees,
  ...expiryGuarantees,
  ...enumerationGuarantees,
  ...fuzzingGuarantees,
  ...idempotencyGuarantees,
  ...moveGuarantees,
  ...outageGuarantees,
  ...overloadGuarantees,
  ...ownershipGuarantees,
  ...pipeliningGuarantees,
  ...foreignDataGuarantees,
  ...parityGuarantees,
  ...paymentGuarantees,
  ...paymentRecoveryGuarantees,
  ...paymentStockGuarantees,
  ...refundGuarantees,
  ...priceGuarantees,
  ...projectionGuarantees,
  ...soakGuarantees,
  ...stockGuarantees,
  ...storeFailureGuarantees,
  ...suiteGuarantees,
  ...unpaidLimitGuarantees,
].sort((a, b) => a.number - b.number)
