/** Checks of `cloudshelf doctor --money`: payments, their entries and orders, held copies, and what the providers say. */
import type { Deps } from '../composition/shop.ts'
import { checkMoney, type MoneyCheck } from '../payments/check.ts'
import { checkProviders } from '../payments/compare-provider.ts'
import { ProviderRefused, ProviderUnavailable } from '../payments/provider.ts'
import { checkList, type Finding } from './doctor-checks.ts'
import { counted } from './output.ts'
import { NO_PROVIDER } from './payment-providers.ts'

const DAY_MS = 86_400_000
/** How far back the providers are asked, where no day is given. */
const PROVIDER_DAYS = 60

export type MoneyOptions = {
  /** Whether the providers are asked. */
  readonly provider?: boolean
  /** The day (UTC) from which on they are. */
  readonly since?: string
}

const RECONCILE =
  'run `cloudshelf payments reconcile <order number>` to see what the provider says, and with --yes to take it over'

const moneyFindings = (check: MoneyCheck): Finding[] => {
  const { payments, amounts, lists, orders, held, overdue, notRecorded } = check
  const before =
    notRecorded > 0 ? `; ${counted(notRecorded, 'order')} from before payments were kept: not recorded` : ''
  return [
    checkList(amounts, {
      what: 'payments',
      severity: 'fail',
      none: `${counted(payments, 'payment')}, each the sum of its entries, refunds and disputes${before}`,
      some: ['amount differs from its entries', 'amounts differ from their entries'],
      mend: 'entries are only ever added: correct the amounts of these payments in the control table to their sums',
    }),
    checkList(orders, {
      what: 'orders and payments',
      severity: 'fail',
      none: 'each payment has its order, and what had to be paid first is paid',
      some: ['contradiction', 'contradictions'],
      mend: RECONCILE,
    }),
    checkList(lists, {
      what: 'lists of payments',
      severity: 'fail',
      none: 'they say what payments and checkouts say',
      some: ['row is missing or too many', 'rows are missing or too many'],
      mend: RECONCILE,
    }),
    checkList(overdue, {
      what: 'overdue checkouts',
      severity: 'fail',
      none: 'none',
      some: [
        'checkout holds copies that should be sold or back in stock',
        'checkouts hold copies that should be sold or back in stock',
      ],
      mend: 'the shop asks the provider about them while it runs: see its log, or run `cloudshelf payments reconcile <order number> --yes`',
    }),
    {
      state: 'ok',
      what: 'held copies',
      found: held.length === 0 ? 'none' : `${counted(held.length, 'checkout')} being paid`,
      ...(held.length === 0 ? {} : { items: held }),
    },
  ]
}

const providerFinding = async (deps: Deps, since: Date): Promise<Finding> => {
  const what = 'payment providers'
  if (deps.hosted.size === 0) return { state: 'warn', what, found: 'not asked', mend: NO_PROVIDER }
  try {
    const { pages, differences } = await checkProviders(deps, since)
    return checkList(differences, {
      what,
      severity: 'fail',
      none: `${counted(pages, 'payment page')} since ${since.toISOString().slice(0, 10)}, all as recorded here`,
      some: ['payment differs from what is recorded here', 'payments differ from what is recorded here'],
      mend: `${RECONCILE}; or all at once, by --since. Money by another page than the order’s is given back in the provider’s dashboard`,
    })
  } catch (error) {
    if (!(error instanceof ProviderUnavailable || error instanceof ProviderRefused)) throw error
    return { state: 'fail', what, found: error.message, mend: 'check the key, and try again in a minute' }
  }
}

/** The start of a day (UTC), or of the day `PROVIDER_DAYS` ago. */
export const sinceTime = (now: Date, day: string | undefined): Date =>
  day === undefined ? new Date(now.getTime() - PROVIDER_DAYS * DAY_MS) : new Date(`${day}T00:00:00Z`)

export const checkAllMoney = async (deps: Deps, { provider, since }: MoneyOptions): Promise<Finding[]> => [
  ...moneyFindings(await checkMoney(deps)),
  ...(provider ? [await providerFinding(deps, sinceTime(deps.now(), since))] : []),
]
