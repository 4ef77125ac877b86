/**
 * Recovery: makes the shop say of an order id what the provider says, where no event and no sweep will: of a shop that was restored from
 * a backup, or after rows were damaged. It only asks the provider: it never captures, refunds or closes anything.
 */
import { auditWrites } from '../core/audit.ts'
import { CONTROL_ROWS } from '../core/control/rows.ts'
import { wasApplied } from '../core/dynamo/conditional.ts'
import type { Write } from '../core/dynamo/write.ts'
import { minorUnits } from '../core/money.ts'
import { orderNumber } from '../orders/number.ts'
import { PaymentMethod } from '../orders/payment.ts'
import { NO_OWNER } from '../orders/table.ts'
import { type MoneyOfOrder, readMoneyOf } from './check.ts'
import { compareLists, repairLists } from './check-lists.ts'
import type { ListRow } from './check-rows.ts'
import { holdsCopies } from './checkout-table.ts'
import { pageDifferences, pagesSince, type SeenPage } from './compare-provider.ts'
import type { PaymentDeps } from './deps.ts'
import { type TakenPayment, takenPayment } from './new-payment.ts'
import { reconcile } from './reconcile.ts'
import { syncPayment } from './sync.ts'

/**
 * `reconcile`: the checkout or payment follows the provider. `record`: the payment of an order was lost. `review`: money of which neither an
 * order nor a checkout is left; staff give it back. `lists`: only lists must be corrected. `by_hand`: nothing here can repair it.
 */
export type RecoveryStep = 'none' | 'reconcile' | 'record' | 'review' | 'lists' | 'by_hand'

export type Recovery = {
  readonly order_number: string
  readonly order_id: string
  readonly step: RecoveryStep
  /** What differs; empty where nothing does. */
  readonly found: readonly string[]
}

/** A payment page of an order id; undefined where no provider has one. */
const findPage = async (
  { hosted }: PaymentDeps,
  { records, checkout }: MoneyOfOrder,
  orderId: string,
): Promise<SeenPage | undefined> => {
  const known = records?.payment.ref ?? checkout?.ref
  const method = records?.payment.method ?? checkout?.method
  for (const provider of hosted.values()) {
    if (method !== undefined && provider.id !== method) continue
    const ref = known ?? (await provider.find(orderId))
    if (ref !== undefined) return { provider, ref, seen: await provider.look(ref) }
  }
  return undefined
}

const plan = (
  money: MoneyOfOrder,
  page: SeenPage | undefined,
): { readonly step: RecoveryStep; readonly found: readonly string[] } => {
  const { records, checkout, order } = money
  const found = page ? pageDifferences(money, page) : []
  const isEnded = checkout?.state === 'confirmed' || checkout?.state === 'review'
  if (checkout && holdsCopies(checkout)) {
    const status = page?.seen.status ?? 'closed'
    return status === 'open'
      ? { step: 'none', found }
      : { step: 'reconcile', found: [`its checkout is ${checkout.state}, and its payment page ${status}`] }
  }
  if (!page || found.length === 0) return { step: 'none', found }
  if (records) return { step: records.payment.ref === page.ref ? 'reconcile' : 'by_hand', found }
  if (checkout && !isEnded) return { step: 'reconcile', found }
  return { step: order ? 'record' : 'review', found }
}

/** The payment of money that came. */
const paymentOf = (
  { order, checkout }: MoneyOfOrder,
  { provider, ref, seen }: SeenPage,
  orderId: string,
): TakenPayment => {
  const agrees =
    order !== undefined && order.amounts.total === seen.captured && order.currency.code === seen.currency.code
  return {
    order_id: orderId,
    user_id: order?.user_id ?? checkout?.user_id ?? NO_OWNER,
    method: PaymentMethod.parse(provider.id),
    delivery: checkout?.delivery ?? 'ship',
    ref,
    // Nothing is owed for what is no order.
    amount: order?.amounts.total ?? minorUnits(0),
    ...(agrees ? {} : { review: order ? 'amount_differs' : 'order_missing' }),
  }
}

/** Records money that came, once; then what has been given back of it. */
const recordPayment = async (
  deps: PaymentDeps,
  money: MoneyOfOrder,
  page: SeenPage,
  orderId: string,
  actor: string,
): Promise<void> => {
  const { db, names, paymentTable, now } = deps
  const at = now()
  const payment = paymentOf(money, page, orderId)
  const { ref, review } = payment
  const { captured, currency } = page.seen
  const noCheckout: Write = {
    action: 'ConditionCheck',
    table: names.control,
    key: CONTROL_ROWS.checkout.key(orderId),
    condition: 'attribute_not_exists(pk)',
  }
  const after = { captured, currency: currency.code, ref, ...(review === undefined ? {} : { review }) }
  await wasApplied(
    db.transact([
      ...takenPayment(paymentTable, payment, page.seen, actor, at.toISOString()),
      ...(money.checkout ? [] : [noCheckout]),
      ...auditWrites(
        names.control,
        { actor, what: 'payment.recover', subject: `order:${orderId}`, after },
        at,
      ),
    ]),
  )
  await syncPayment(deps, orderId, page.seen)
}

/** A difference between the shop and a provider, and what repairs it. */
export type FoundRecovery = Recovery & { readonly repair: () => Promise<void> }

/** What recovery would do about an order id. `seen`: rows of lists that name it. Throws ProviderUnavailable and ProviderRefused. */
export const findRecovery = async (
  deps: PaymentDeps,
  orderId: string,
  actor: string,
  given?: SeenPage,
  seen: readonly ListRow[] = [],
): Promise<FoundRecovery> => {
  const money = await readMoneyOf(deps, orderId)
  const page = given ?? (await findPage(deps, money, orderId))
  const { step, found } = plan(money, page)
  const { missing, extra } = await compareLists(deps, money, orderId, seen)
  const hasLists = missing.length + extra.length > 0
  return {
    order_number: orderNumber(orderId),
    order_id: orderId,
    step: step === 'none' && hasLists ? 'lists' : step,
    found: [...found, ...(hasLists ? ['lists of open work do not say what its payment says'] : [])],
    repair: async () => {
      if (step === 'reconcile') await reconcile(deps, orderId, page ? { ref: page.ref } : {})
      if ((step === 'record' || step === 'review') && page)
        await recordPayment(deps, money, page, orderId, actor)
      if (step !== 'by_hand') await repairLists(deps, await readMoneyOf(deps, orderId), orderId, seen)
    },
  }
}

/** What recovery would do about the payment pages that were opened since a time. Throws ProviderUnavailable. */
export async function* findRecoveries(
  deps: PaymentDeps,
  since: Date,
  actor: string,
): AsyncGenerator<FoundRecovery> {
  for await (const { orderId, ...page } of pagesSince(deps, since)) {
    const found = await findRecovery(deps, orderId, actor, page)
    if (found.step !== 'none') yield found
  }
}
