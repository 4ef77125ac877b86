/** Book page. */
import { redirect } from 'react-router'
import { getBook } from '#src/catalog/api.ts'
import { bookPath } from '#src/core/book-path.ts'
import { truncateWords } from '#src/core/truncate.ts'
import { AddToCart } from '../components/add-to-cart.tsx'
import { BookDetails } from '../components/book-details.tsx'
import { BookRow } from '../components/book-row.tsx'
import { Breadcrumbs } from '../components/breadcrumbs.tsx'
import { Cover } from '../components/cover.tsx'
import { usePrice, useShop } from '../components/use-shop.ts'
import { socialImageUrl } from '../covers/cover-url.ts'
import { langOf } from '../loading/cards.server.ts'
import { readCategories } from '../loading/categories.server.ts'
import { pageContext } from '../loading/page-context.ts'
import { readRelated } from '../loading/related.server.ts'
import { authorPath } from '../paths.ts'
import { bookJsonLd, breadcrumbsJsonLd } from '../seo/book-json-ld.server.ts'
import { pageMeta } from '../seo/page-meta.ts'
import { nameParts, namesLine } from '../texts/format.ts'
import { languageName } from '../texts/names.server.ts'
import { t } from '../texts/texts.ts'
import type { Route } from './+types/book'

const MAX_DESCRIPTION = 180

export const loader = async ({ context, params, url }: Route.LoaderArgs) => {
  const ctx = context.get(pageContext)
  const book = await ctx.read(getBook, { params: { book_id: params.bookId } })
  const path = bookPath(book)
  if (path !== url.pathname) throw redirect(`${path}${url.search}`, 301)
  const [related, categories] = await Promise.all([readRelated(ctx, book), readCategories(ctx)])
  const category = categories.find(({ name }) => name === book.category)
  const canonical = `${ctx.origin}${path}`
  return {
    book,
    related,
    category,
    ...langOf(book.language),
    language: book.language === undefined ? undefined : languageName(book.language),
    canonical,
    jsonLd: [
      bookJsonLd(book, { ...ctx, canonical }, socialImageUrl(book)),
      breadcrumbsJsonLd(ctx.origin, category, book.title, t.book.home),
    ],
  }
}

export const meta: Route.MetaFunction = ({ loaderData, matches }) => {
  if (!loaderData) return []
  const { book, canonical, jsonLd } = loaderData
  const line = `${book.title} ${t.book.by} ${namesLine(book.authors)}`
  const text = (book.description ? `${line}. ${book.description}` : line).replaceAll(/\s+/g, ' ')
  return pageMeta(matches, {
    title: line,
    description: truncateWords(text, MAX_DESCRIPTION),
    canonical,
    type: 'book',
    image: new URL(socialImageUrl(book), canonical).href,
    jsonLd,
  })
}

const COLOR_CLASS = { in_stock: 'text-good', few_left: 'text-warn', sold_out: 'text-bad' }

export default function BookPage({
  loaderData: { book, related, category, language, lang },
}: Route.ComponentProps) {
  const price = usePrice()
  const { isInvoiceOnly } = useShop()
  const author = namesLine(book.authors)
  return (
    <>
      <Breadcrumbs
        steps={[
          { label: t.book.home, path: '/' },
          ...(category ? [{ label: category.name, path: category.path }] : []),
        ]}
        here={book.title}
      />
      <div className="mt-6 grid gap-x-14 gap-y-8 md:grid-cols-[minmax(14rem,22rem)_1fr]">
        <div className="mx-auto w-[min(70%,18rem)] md:w-full">
          <Cover
            book={book}
            alt={t.book.coverOf(book.title, author)}
            eager
            sizes="(min-width: 64rem) 24rem, 60vw"
            className="cover-large"
          />
        </div>
        <div className="max-w-xl">
          <h1
            dir="auto"
            lang={lang}
            className="font-serif text-[2.25rem] leading-[1.08] tracking-tight text-balance sm:text-[2.75rem]"
          >
            {book.title}
          </h1>
          <p className="mt-3 text-lg">
            {t.book.by}{' '}
            {nameParts(book.authors).map(({ isName, text }, i) =>
              isName ? (
                // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a line never change their places
                <a key={i} href={authorPath(text)} dir="auto" lang={lang} className="link">
                  {text}
                </a>
              ) : (
                text
              ),
            )}
          </p>
          <p className="mt-6 font-serif text-3xl tabular-nums">{price(book.price)}</p>
          <p className={`mt-1 font-semibold ${COLOR_CLASS[book.availability]}`}>
            {t.book.availability[book.availability]}
          </p>
          {book.availability !== 'sold_out' && <AddToCart key={book.book_id} bookId={book.book_id} />}
          {isInvoiceOnly && <p className="mt-4 text-sm text-soft">{t.book.invoice}</p>}
          {book.description && (
            <section aria-labelledby="description" className="mt-10">
              <h2 id="description" className="section-title">
                {t.book.about}
              </h2>
              <p dir="auto" lang={lang} className="whitespace-pre-line font-serif text-xl leading-relaxed">
                {book.description}
              </p>
            </section>
          )}
          <BookDetails book={book} language={language} />
        </div>
      </div>
      {related.byAuthor.length > 0 && (
        <BookRow id="more-by" title={t.book.moreBy(related.author)} books={related.byAuthor} />
      )}
      {related.inCategory.length > 0 && (
        <BookRow
          id="more-of"
          title={t.book.moreFrom(book.category)}
          books={related.inCategory}
          {...(category
            ? {
                seeAll: {
                  path: category.path,
                  label: t.home.seeAll(category.count),
                  of: t.home.booksIn(category.name),
                },
              }
            : {})}
        />
      )}
    </>
  )
}
