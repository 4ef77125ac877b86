/**
 * Currency of a shop, recorded in control at its first start. Prices in the tables have no currency of their own, so a shop never
 * starts with another one while there are books, carts or orders.
 */
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Currency } from '../core/currency.ts'
import { wasApplied } from '../core/dynamo/conditional.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import type { TableNames } from '../tables/definitions.ts'
import { SettingsError } from './settings.ts'

export type ShopCurrencyDeps = {
  readonly db: Dynamo
  readonly names: TableNames
  /** Of the settings. */
  readonly currency: Currency
  readonly now: () => Date
}

const KEY = CONTROL_ROWS.shop.key('currency')

/** The currency that the shop began with; undefined before its first start. */
export const readShopCurrency = async ({
  db,
  names,
}: Pick<ShopCurrencyDeps, 'db' | 'names'>): Promise<string | undefined> => {
  const code = (await db.get(names.control, KEY))?.currency
  return typeof code === 'string' ? code : undefined
}

const otherCurrency = (recorded: string, { code }: Currency): SettingsError =>
  new SettingsError(
    `CURRENCY is ${code}, but the books, carts and orders of this shop are in ${recorded}: set CURRENCY=${recorded}. ` +
      `To sell in ${code}, start another shop (on this machine with another CLOUDSHELF_DATA_DIR, on AWS as another stage) ` +
      'and import the books with their new prices; a shop without books, carts and orders takes the new currency when it starts, ' +
      'or at the next command',
  )

/** Records the currency, unless another process has recorded one since `recorded` was read. */
const record = ({ db, names, currency, now }: ShopCurrencyDeps, recorded?: string): Promise<boolean> =>
  wasApplied(
    db.transact([
      {
        action: 'Put',
        table: names.control,
        item: { ...KEY, currency: currency.code, since: now().toISOString() },
        ...(recorded === undefined
          ? { condition: 'attribute_not_exists(pk)' }
          : { condition: 'currency = :recorded', values: { ':recorded': recorded } }),
      },
    ]),
  )

const isEmpty = async ({ db, names }: ShopCurrencyDeps): Promise<boolean> => {
  for (const table of [names.books, names.carts, names.orders])
    for await (const items of db.scan(table, { pageSize: 1 })) if (items.length > 0) return false
  return true
}

/**
 * Records the currency of the settings at the first start. Throws SettingsError where the shop has another one. With `mayChange`,
 * a shop without books, carts and orders takes the new one: this scans the tables, for which functions on AWS have no right.
 */
export const assertShopCurrency = async (
  deps: ShopCurrencyDeps,
  { mayChange }: { readonly mayChange: boolean },
): Promise<void> => {
  const recorded = await readShopCurrency(deps)
  if (recorded === deps.currency.code) return
  if (recorded !== undefined && !(mayChange && (await isEmpty(deps))))
    throw otherCurrency(recorded, deps.currency)
  if (!(await record(deps, recorded))) await assertShopCurrency(deps, { mayChange })
}
