/** What every page knows of the shop. */
import { useRouteLoaderData } from 'react-router'
import type { loader } from '../root.tsx'
import { money } from '../texts/format.ts'

/** The fullest shelves. */
export const useCategories = () => useRouteLoaderData<typeof loader>('root')?.categories ?? []

/** How many shelves there are in all. */
export const useCategoryCount = () => useRouteLoaderData<typeof loader>('root')?.categoryCount ?? 0

/** Writes amounts in the currency of the shop. */
export const usePrice = (): ((amount: number) => string) => {
  const currency = useRouteLoaderData<typeof loader>('root')?.currency ?? 'USD'
  return amount => money(amount, currency)
}
