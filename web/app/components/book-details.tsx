/** Details of a book as a description list. */
import type { ReactNode } from 'react'
import type { BookDetail } from '#src/catalog/schema.ts'
import { average, genreName } from '../texts/format.ts'
import { t } from '../texts/texts.ts'

const year = (value: number): string => (value < 0 ? t.book.bc(-value) : String(value))

const listFacts = (book: BookDetail, language: string | undefined): [string, ReactNode][] => {
  const facts: [string, ReactNode | undefined][] = [
    [
      t.book.ratingLabel,
      book.average_rating !== undefined && book.ratings_count
        ? t.book.rating(average(book.average_rating), book.ratings_count)
        : undefined,
    ],
    [t.book.category, book.category],
    [t.book.genres, book.genres?.map(genreName).join(', ')],
    [t.book.published, book.published_year === undefined ? undefined : year(book.published_year)],
    [t.book.pages, book.pages],
    [t.book.language, language],
    [t.book.isbn, book.isbn],
  ]
  return facts.filter((fact): fact is [string, ReactNode] => Boolean(fact[1]))
}

export const BookDetails = ({
  book,
  language,
}: {
  readonly book: BookDetail
  readonly language: string | undefined
}) => (
  <section aria-labelledby="details" className="mt-10">
    <h2 id="details" className="section-title">
      {t.book.details}
    </h2>
    <dl className="facts">
      {listFacts(book, language).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  </section>
)
