/** Time without orders, counted in the hours in which orders usually come: how a shop notices that nobody can buy. */

/** Hours of the day: from 9 until 21 means 9:00 to 20:59. */
export type OrderHours = { readonly from: number; readonly until: number }

export type OrderGapDeps = {
  readonly now: () => Date
  readonly settings: {
    readonly orderHours: OrderHours | undefined
    readonly shop: { readonly timeZone: string }
  }
  readonly orders: {
    readonly getLatestOfDay: (day: string) => Promise<{ readonly created_at: string } | undefined>
  }
}

const MAX_DAYS = 7
const DAY_MS = 86_400_000
const QUARTER_MS = 900_000

/** Hours between two instants that lie in `hours` of a day in the time zone, in whole quarters. */
export const countOrderHours = (
  since: Date,
  until: Date,
  { from, until: end }: OrderHours,
  timeZone: string,
): number => {
  const format = new Intl.DateTimeFormat('en-US', { hour: 'numeric', hourCycle: 'h23', timeZone })
  let quarters = 0
  for (let at = since.getTime(); at + QUARTER_MS <= until.getTime(); at += QUARTER_MS) {
    const hour = Number(format.format(at))
    if (hour >= from && hour < end) quarters++
  }
  return quarters / 4
}

/**
 * Hours without an order within ORDER_HOURS, at most those of seven days; undefined if ORDER_HOURS is not set. The days of orders
 * are those in UTC.
 */
export const orderGap = async ({ now, settings, orders }: OrderGapDeps): Promise<number | undefined> => {
  const { orderHours, shop } = settings
  if (!orderHours) return undefined
  const time = now()
  const start = time.getTime() - MAX_DAYS * DAY_MS
  for (let at = time.getTime(); at >= start; at -= DAY_MS) {
    const latest = await orders.getLatestOfDay(new Date(at).toISOString().slice(0, 10))
    if (latest) return countOrderHours(new Date(latest.created_at), time, orderHours, shop.timeZone)
  }
  return countOrderHours(new Date(start), time, orderHours, shop.timeZone)
}
