/**
 * Shop profile as pages show it: the root loader sends it to every page, without the texts of the legal
 * pages.
 */
import { DEFAULT_PROFILE, type ShopProfile } from '#src/core/shop-profile.ts'

export type ShopData = Omit<ShopProfile, 'terms' | 'privacy'> & {
  /** Whether the shop has written its terms of sale and its privacy policy. */
  readonly hasTerms: boolean
  readonly hasPrivacy: boolean
  /** Whether orders are paid by invoice, and in no other way. */
  readonly isInvoiceOnly: boolean
}

export const toShopData = ({ terms, privacy, ...shown }: ShopProfile, isInvoiceOnly: boolean): ShopData => ({
  ...shown,
  hasTerms: terms !== undefined,
  hasPrivacy: privacy !== undefined,
  isInvoiceOnly,
})

/** Data of a page whose root could not be loaded. */
export const UNKNOWN_SHOP: ShopData = toShopData(DEFAULT_PROFILE, false)

/** Matched routes, as `meta` functions get them. */
export type RouteMatches = readonly ({ readonly id: string; readonly loaderData?: unknown } | undefined)[]

export const shopDataOf = (matches: RouteMatches): ShopData => {
  const root = matches.find(match => match?.id === 'root')?.loaderData as
    | { readonly shop?: ShopData }
    | undefined
  return root?.shop ?? UNKNOWN_SHOP
}
