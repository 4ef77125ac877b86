/**
 * Header of every page: shop name, search, links to orders, account and cart, and the category navigation.
 */
import { useLocation, useRouteLoaderData } from 'react-router'
import type { loader } from '../routes/category.tsx'
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

/** The largest categories, and the current one where it is not among them. */
const useListedCategories = () => {
  const largest = useCategories().slice(0, MAX_CATEGORIES)
  const current = useRouteLoaderData<typeof loader>('routes/category')?.category
  const isListed = current === undefined || largest.some(({ path }) => path === current.path)
  return isListed ? largest : [...largest, current]
}

const CategoryNav = () => {
  const categories = useListedCategories()
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
        {categories.map(({ name, path }) => (
          <li key={path} className={path === pathname ? 'scroll-row-current' : undefined}>
            <a href={path} aria-current={path === pathname ? 'page' : undefined} className="nav-link">
              {name}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}
