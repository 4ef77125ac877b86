/**
 * Header of every page: shop name, search, links to orders, account and cart, and the category navigation.
 */
import { useLocation } from 'react-router'
import { t } from '../texts/texts.ts'
import { SearchBox } from './search-box.tsx'
import { useCategories, useShop } from './use-shop.ts'
import { VisitorLinks } from './visitor-links.tsx'

const MAX_CATEGORIES = 10

export const Header = () => {
  const { name } = useShop()
  return (
    <header className="border-line border-b print:hidden">
      <div className="frame flex flex-wrap items-center gap-x-4 gap-y-3 py-4 sm:gap-x-8">
        <a href="/" className="font-serif text-[1.75rem] leading-none tracking-tight">
          {name}
        </a>
        <div className="order-3 w-full sm:order-none sm:w-auto sm:flex-1">
          <SearchBox />
        </div>
        <nav
          aria-label={t.shop.accountNav}
          className="ml-auto flex items-center gap-4 text-[0.9375rem] sm:gap-5"
        >
          <a href="/orders" className="nav-link">
            {t.shop.ordersShort}
          </a>
          <VisitorLinks />
        </nav>
      </div>
      <CategoryNav />
    </header>
  )
}

const CategoryNav = () => {
  const categories = useCategories()
  const { pathname } = useLocation()
  if (categories.length === 0) return null
  return (
    <nav aria-label={t.shop.categories} className="frame pb-2">
      <ul className="scroll-row gap-x-6 text-[0.9375rem]">
        <li>
          <a href="/search" className="nav-link">
            {t.shop.allBooks}
          </a>
        </li>
        {categories.slice(0, MAX_CATEGORIES).map(({ name, path }) => (
          <li key={path}>
            <a href={path} aria-current={path === pathname ? 'page' : undefined} className="nav-link">
              {name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}
