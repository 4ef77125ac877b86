/** JSON-LD (schema.org) of book pages, for search engines. */
import type { BookDetail } from '#src/catalog/schema.ts'
import { storedCurrency } from '#src/core/currency.ts'
import { languageTag } from '#src/core/language-tag.ts'
import { fromDecimal, toDecimalText } from '#src/core/money.ts'
import type { Category } from '../loading/categories.server.ts'
import type { RenderOptions } from '../loading/page-context.ts'
import { shopReference } from './shop-json-ld.server.ts'

const AVAILABILITY = {
  in_stock: 'https://schema.org/InStock',
  few_left: 'https://schema.org/LimitedAvailability',
  sold_out: 'https://schema.org/OutOfStock',
}

/** A language tag, or nothing for text that names no language. */
const inLanguage = (language: string | undefined): { readonly inLanguage?: string } => {
  const tag = language === undefined ? undefined : languageTag(language)
  return tag === undefined ? {} : { inLanguage: tag }
}

/** With the decimals of the currency: 12.50, or 1250 in yen. */
const priceText = (price: number, code: string): string => {
  const currency = storedCurrency(code)
  return toDecimalText(fromDecimal(price, currency), currency)
}

export const bookJsonLd = (
  book: BookDetail,
  {
    origin,
    currency,
    shop,
    canonical,
  }: Pick<RenderOptions, 'origin' | 'currency' | 'shop'> & { readonly canonical: string },
  cover: string,
): Record<string, unknown> => ({
  '@context': 'https://schema.org',
  '@type': 'Book',
  '@id': canonical,
  url: canonical,
  name: book.title,
  author: book.authors.map(name => ({ '@type': 'Person', name })),
  image: `${origin}${cover}`,
  ...(book.isbn ? { isbn: book.isbn } : {}),
  ...(book.description ? { description: book.description } : {}),
  ...inLanguage(book.language),
  ...(book.pages ? { numberOfPages: book.pages } : {}),
  ...(book.published_year && book.published_year > 0
    ? { datePublished: String(book.published_year).padStart(4, '0') }
    : {}),
  ...(book.average_rating && book.ratings_count
    ? {
        aggregateRating: {
          '@type': 'AggregateRating',
          ratingValue: book.average_rating,
          ratingCount: book.ratings_count,
          bestRating: 5,
        },
      }
    : {}),
  offers: {
    '@type': 'Offer',
    url: canonical,
    price: priceText(book.price, currency),
    priceCurrency: currency,
    availability: AVAILABILITY[book.availability],
    itemCondition: 'https://schema.org/NewCondition',
    seller: shopReference(shop, origin),
  },
})

/** Breadcrumbs from the home page to the book or category. */
export const breadcrumbsJsonLd = (
  origin: string,
  category: Category | undefined,
  title: string,
  home: string,
) => ({
  '@context': 'https://schema.org',
  '@type': 'BreadcrumbList',
  itemListElement: [
    { name: home, item: `${origin}/` },
    ...(category ? [{ name: category.name, item: `${origin}${category.path}` }] : []),
    { name: title },
  ].map((step, i) => ({ '@type': 'ListItem', position: i + 1, ...step })),
})
