/**
 * Controls of a book list: active filters, sort menu and pagination. All are links, so they work without
 * scripts.
 */
import type { Listing } from '../loading/listing.server.ts'
import { t } from '../texts/texts.ts'

type Props = { readonly listing: Listing }

export const ActiveFilters = ({ listing: { activeFilters, clearLink } }: Props) =>
  activeFilters.length === 0 ? (
    <div />
  ) : (
    <ul className="flex flex-wrap gap-2 text-sm">
      {activeFilters.map(({ label, without }) => (
        <li key={label}>
          <a href={without} className="chip">
            <span className="sr-only">{t.list.removeFilter} </span>
            {label}
            <span aria-hidden="true">×</span>
          </a>
        </li>
      ))}
      {activeFilters.length > 1 && (
        <li>
          <a href={clearLink} className="link inline-flex min-h-8 items-center px-1">
            {t.list.clearAll}
          </a>
        </li>
      )}
    </ul>
  )

export const SortMenu = ({ listing: { params, sortLinks } }: Props) => {
  const label = (sort: (typeof sortLinks)[number]['sort']) =>
    sort === 'relevance' && params.q === '' ? t.list.featured : t.list.sorts[sort]
  return (
    // The key remounts the menu after a change, which closes it.
    <details key={params.sort} className="menu relative ml-auto text-sm">
      <summary className="button-quiet min-h-10">
        {t.list.sortBy}: {label(params.sort)}
      </summary>
      <ul className="menu-list">
        {sortLinks.map(({ sort, href }) => (
          <li key={sort}>
            <a
              href={href}
              rel="nofollow"
              aria-current={sort === params.sort ? 'true' : undefined}
              className="menu-item"
            >
              {label(sort)}
            </a>
          </li>
        ))}
      </ul>
    </details>
  )
}

export const Pagination = ({ listing: { previous, next, params, pages } }: Props) =>
  previous === null && next === null ? null : (
    <nav
      aria-label={t.list.pagination}
      className="mt-12 flex items-center justify-between gap-4 border-line border-t pt-6"
    >
      {previous === null ? (
        <span />
      ) : (
        <a href={previous} rel="prev" className="button-quiet">
          {t.list.previous}
        </a>
      )}
      <span className="hidden text-soft text-sm sm:block">{t.list.page(params.page, pages)}</span>
      {next === null ? (
        <span />
      ) : (
        <a href={next} rel="next" className="button-quiet">
          {t.list.next}
        </a>
      )}
    </nav>
  )
