/** Hooks for the data of the root loader. */
import { useRouteLoaderData } from 'react-router'
import { type ShopData, UNKNOWN_SHOP } from '../loading/shop-data.ts'
import type { loader } from '../root.tsx'
import { day, money, orderDay, type Placed } from '../texts/format.ts'

/** The largest categories, for navigation. */
export const useCategories = () => useRouteLoaderData<typeof loader>('root')?.categories ?? []

/** The number of all categories. */
export const useCategoryCount = () => useRouteLoaderData<typeof loader>('root')?.categoryCount ?? 0

/** Currency of the shop. */
export const useCurrency = (): string => useRouteLoaderData<typeof loader>('root')?.currency ?? 'USD'

/** Formats amounts in the shop's currency. */
export const usePrice = (): ((amount: number) => string) => {
  const currency = useCurrency()
  return amount => money(amount, currency)
}

/** Name, address and further facts of the shop. */
export const useShop = (): ShopData => useRouteLoaderData<typeof loader>('root')?.shop ?? UNKNOWN_SHOP

/** Formats the day on which an order was placed, in the shop's time zone. */
export const useOrderDay = (): ((order: Placed) => string) => {
  const { timeZone } = useShop()
  return order => orderDay(order, timeZone)
}

/** Formats days and instants in the shop's time zone. */
export const useDay = (): ((date: string) => string) => {
  const { timeZone } = useShop()
  return date => day(date, timeZone)
}
