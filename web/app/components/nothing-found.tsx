/** Empty state of a book list, with search tips, categories and alternatives. */
import type { Listing } from '../loading/listing.server.ts'
import { t } from '../texts/texts.ts'
import { BookRow } from './book-row.tsx'
import { useCategories } from './use-shop.ts'

export const NothingFound = ({
  listing: { params, activeFilters, clearLink, alternatives },
}: {
  readonly listing: Listing
}) => {
  const categories = useCategories()
  return (
    <>
      <div className="prose max-w-xl">
        <p className="font-serif text-2xl">
          {params.q === '' ? t.list.noMatches : t.list.noResults(params.q)}
        </p>
        {activeFilters.length > 0 && (
          <p>
            <a href={clearLink} className="button">
              {t.list.clearFilters}
            </a>
          </p>
        )}
        {params.q !== '' && (
          <ul className="list-disc pl-5">
            {t.list.tips.map(tip => (
              <li key={tip}>{tip}</li>
            ))}
          </ul>
        )}
        {categories.length > 0 && (
          <>
            <h2 className="font-serif text-xl">{t.list.browseCategories}</h2>
            <ul className="flex flex-wrap gap-2 text-sm">
              {categories.slice(0, 12).map(({ name, path }) => (
                <li key={path}>
                  <a href={path} className="chip">
                    {name}
                  </a>
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
      {alternatives.length > 0 && <BookRow id="instead" title={t.list.alternatives} books={alternatives} />}
    </>
  )
}
