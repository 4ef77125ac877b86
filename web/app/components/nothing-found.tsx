/** An empty result that helps on. */
import type { Listing } from '../loading/listing.server.ts'
import { t } from '../texts/texts.ts'
import { ShelfRow } from './shelf-row.tsx'
import { useShelves } from './use-shop.ts'

export const NothingFound = ({
  listing: { asked, chosen, clear, instead },
}: {
  readonly listing: Listing
}) => {
  const shelves = useShelves()
  return (
    <>
      <div className="prose max-w-xl">
        <p className="font-serif text-2xl">{asked.q === '' ? t.list.noMatches : t.list.noResults(asked.q)}</p>
        {chosen.length > 0 && (
          <p>
            <a href={clear} className="button">
              {t.list.clearFilters}
            </a>
          </p>
        )}
        {asked.q !== '' && (
          <ul className="list-disc pl-5">
            {t.list.tips.map(tip => (
              <li key={tip}>{tip}</li>
            ))}
          </ul>
        )}
        {shelves.length > 0 && (
          <>
            <h2 className="font-serif text-xl">{t.list.browseCategories}</h2>
            <ul className="flex flex-wrap gap-2 text-sm">
              {shelves.slice(0, 12).map(({ name, path }) => (
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
      {instead.length > 0 && <ShelfRow id="instead" title={t.list.alternatives} books={instead} />}
    </>
  )
}
