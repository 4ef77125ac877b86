/** Footer of every page: the largest categories, and links to orders and information. */
import type { ShopData } from '../loading/shop-data.ts'
import { t } from '../texts/texts.ts'
import { Letterhead } from './letterhead.tsx'
import { useCategories, useCategoryCount, useShop } from './use-shop.ts'

/** Pages of help and information. A policy that the shop has not written is not linked. */
const pagesOf = ({ hasTerms, hasPrivacy }: ShopData) => [
  { to: '/orders', label: t.shop.orders },
  { to: '/orders/find', label: t.shop.findOrder },
  { to: '/about', label: t.shop.about },
  ...(hasTerms ? [{ to: '/terms', label: t.shop.terms }] : []),
  { to: '/privacy', label: hasPrivacy ? t.shop.privacy : t.shop.yourData },
]

export const Footer = () => {
  const categories = useCategories()
  const categoryCount = useCategoryCount()
  const shop = useShop()
  return (
    <footer className="mt-20 border-line border-t bg-deep print:hidden">
      <div className="frame grid gap-10 py-10 text-[0.9375rem] md:grid-cols-[1fr_2fr_1fr]">
        <div>
          <p className="font-serif text-xl">{shop.name}</p>
          <p className="mt-1 text-soft">{t.shop.tagline}</p>
          <Letterhead className="mt-4 text-soft" />
        </div>
        {categories.length > 0 && (
          <nav aria-labelledby="foot-categories">
            <h2 id="foot-categories" className="foot-heading">
              {t.shop.ourCategories}
            </h2>
            <ul className="grid grid-cols-2 gap-x-6 sm:grid-cols-3">
              {categories.map(({ name, path }) => (
                <li key={path}>
                  <a href={path} className="foot-link">
                    {name}
                  </a>
                </li>
              ))}
            </ul>
            {categoryCount > categories.length && (
              <a href="/#categories" className="foot-link">
                {t.shop.allCategories(categoryCount)}
              </a>
            )}
          </nav>
        )}
        <nav aria-labelledby="foot-shop">
          <h2 id="foot-shop" className="foot-heading">
            {t.shop.help}
          </h2>
          <ul>
            {pagesOf(shop).map(({ to, label }) => (
              <li key={to}>
                <a href={to} className="foot-link">
                  {label}
                </a>
              </li>
            ))}
          </ul>
        </nav>
      </div>
    </footer>
  )
}
