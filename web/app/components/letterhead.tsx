/** Letterhead: the business with its postal address, and how to reach it, as far as the shop has set them. */
import { letterhead } from '#src/core/shop-profile.ts'
import type { ShopData } from '../loading/shop-data.ts'
import { useShop } from './use-shop.ts'

const linesOf = (shop: ShopData): string[] =>
  shop.address.length > 0 || (shop.legalName ?? shop.name) !== shop.name ? letterhead(shop) : []

/** Whether the shop has set anything that the letterhead shows. */
export const hasLetterhead = (shop: ShopData): boolean =>
  linesOf(shop).length > 0 || shop.email !== undefined || shop.phone !== undefined

export const Letterhead = ({ className }: { readonly className: string }) => {
  const shop = useShop()
  const { email, phone } = shop
  if (!hasLetterhead(shop)) return null
  return (
    <address className={`not-italic ${className}`}>
      {linesOf(shop).map(line => (
        <span key={line} className="block">
          {line}
        </span>
      ))}
      {email !== undefined && (
        <a href={`mailto:${email}`} className="foot-link block break-all">
          {email}
        </a>
      )}
      {phone !== undefined && (
        <a href={`tel:${phone.replaceAll(/[^+\d]/g, '')}`} className="foot-link block">
          {phone}
        </a>
      )}
    </address>
  )
}
