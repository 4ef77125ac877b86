/** Root route: document, header, footer and error boundary. */

import garamond from '@fontsource/eb-garamond/files/eb-garamond-latin-500-normal.woff2?url'
import figtree from '@fontsource-variable/figtree/files/figtree-latin-wght-normal.woff2?url'
import type { ReactNode } from 'react'
import { Links, Meta, Outlet, Scripts, ScrollRestoration } from 'react-router'
import type { Route } from './+types/root'
import { ErrorPage } from './components/error-page.tsx'
import { Footer } from './components/footer.tsx'
import { Header } from './components/header.tsx'
import { InstantLinks } from './components/instant-links.tsx'
import { NavigationProgress } from './components/navigation-progress.tsx'
import { usePageFocus } from './components/use-page-focus.ts'
import touchIcon from './images/apple-touch-icon.png?url'
import { readCategories } from './loading/categories.server.ts'
import { pageContext } from './loading/page-context.ts'
import { toShopData } from './loading/shop-data.ts'
import styles from './styles/shop.css?url'
import { LANGUAGE } from './texts/locale.ts'
import { t } from './texts/texts.ts'

const preloadFont = (href: string) =>
  ({ rel: 'preload', as: 'font', type: 'font/woff2', href, crossOrigin: 'anonymous' }) as const

export const links: Route.LinksFunction = () => [
  { rel: 'stylesheet', href: styles },
  preloadFont(garamond),
  preloadFont(figtree),
  // For browsers that read no SVG; the others prefer the drawing, which fits every size.
  { rel: 'icon', href: '/favicon.ico', sizes: '32x32' },
  { rel: 'icon', href: '/favicon.svg', type: 'image/svg+xml' },
  { rel: 'apple-touch-icon', href: touchIcon },
  { rel: 'manifest', href: '/site.webmanifest' },
]

/** Number of categories on every page; the home page lists all. */
const CATEGORIES_IN_FRAME = 12

/** Data of every page: the largest categories, the currency, and the shop's name and address. */
export const loader = async ({ context }: Route.LoaderArgs) => {
  const ctx = context.get(pageContext)
  const categories = await readCategories(ctx)
  return {
    categories: categories.slice(0, CATEGORIES_IN_FRAME),
    categoryCount: categories.length,
    currency: ctx.currency,
    shop: toShopData(ctx.shop, ctx.isInvoiceOnly),
  }
}

/** Categories rarely change during a visit. */
export const shouldRevalidate = () => false

export const Layout = ({ children }: { readonly children: ReactNode }) => (
  <html lang={LANGUAGE}>
    <head>
      <meta charSet="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="theme-color" content="#fbf9f4" media="(prefers-color-scheme: light)" />
      <meta name="theme-color" content="#191613" media="(prefers-color-scheme: dark)" />
      <Meta />
      <Links />
    </head>
    <body>
      <a href="#content" className="skip-link">
        {t.shop.skipToContent}
      </a>
      <NavigationProgress />
      <Header />
      <main id="content" tabIndex={-1} className="frame flex-1 outline-none">
        {children}
      </main>
      <Footer />
      <InstantLinks />
      <ScrollRestoration />
      <Scripts />
    </body>
  </html>
)

export default function Root() {
  usePageFocus()
  return <Outlet />
}

export const ErrorBoundary = ({ error }: Route.ErrorBoundaryProps) => <ErrorPage error={error} />
