/** JSON-LD (schema.org) of the shop, for search engines. */
import type { ShopProfile } from '#src/core/shop-profile.ts'

/** A reference to the shop, as the seller of a book. */
export const shopReference = ({ name }: ShopProfile, origin: string) => ({
  '@type': 'Organization',
  '@id': `${origin}/#shop`,
  name,
})

/** A BookStore is a place with an address; a shop that names none is an organization. */
export const shopJsonLd = (shop: ShopProfile, origin: string): Record<string, unknown> => ({
  '@context': 'https://schema.org',
  ...shopReference(shop, origin),
  '@type': shop.address.length > 0 ? 'BookStore' : 'Organization',
  url: `${origin}/`,
  ...(shop.legalName === undefined ? {} : { legalName: shop.legalName }),
  ...(shop.address.length > 0 ? { address: shop.address.join(', ') } : {}),
  ...(shop.email === undefined ? {} : { email: shop.email }),
  ...(shop.phone === undefined ? {} : { telephone: shop.phone }),
  ...(shop.taxId === undefined ? {} : { taxID: shop.taxId }),
})
