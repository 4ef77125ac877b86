/**
 * Controls of a book list: active filters, sort menu and pagination. All are links, so they work without
 * scripts.
 */
import type { Listing } from '../loading/listing.server.ts'
import { formatCount } from '../texts/locale.ts'
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

export const Pagination = ({ listing: { previous, next, pageLinks, params } }: Props) =>
  pageLinks.length === 0 ? null : (
    <nav aria-label={t.list.pagination} className="pagination">
      {previous !== null && (
        <a href={previous} rel="prev" className="button-quiet pagination-previous">
          {t.list.previous}
        </a>
      )}
      <ol className="pagination-numbers">
        {pageLinks.map((link, i) =>
          link === 'gap' ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: a gap has nothing else
            <li key={`gap ${i}`} aria-hidden="true" className="text-soft">
              …
            </li>
          ) : (
            <li key={link.number}>
              <a
                href={link.href}
                aria-label={t.list.pageNumber(link.number)}
                aria-current={link.number === params.page ? 'page' : undefined}
                className="page-link"
              >
                {formatCount(link.number)}
              </a>
            </li>
          ),
        )}
      </ol>
      {next !== null && (
        <a href={next} rel="next" className="button-quiet pagination-next">
          {t.list.next}
        </a>
      )}
    </nav>
  )
