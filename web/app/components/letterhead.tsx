/** Letterhead: the business with its postal address, and how to reach it, as far as the shop has set them. */
import { letterhead } from '#src/core/shop-profile.ts'
import { useShop } from './use-shop.ts'

export const Letterhead = ({ className }: { readonly className: string }) => {
  const shop = useShop()
  const { name, legalName, address, email, phone } = shop
  const lines = address.length > 0 || (legalName ?? name) !== name ? letterhead(shop) : []
  if (lines.length === 0 && email === undefined && phone === undefined) return null
  return (
    <address className={`not-italic ${className}`}>
      {lines.map(line => (
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
