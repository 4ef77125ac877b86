/** Hooks for the data of the root loader. */
import { useRouteLoaderData } from 'react-router'
import type { loader } from '../root.tsx'
import { money } from '../texts/format.ts'

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
