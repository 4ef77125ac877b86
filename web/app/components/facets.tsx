/** Facets next to a book list; collapsed on small screens. All are links, so they work without scripts. */
import type { Facet } from '../loading/facets.server.ts'
import type { Listing } from '../loading/listing.server.ts'
import { formatCount } from '../texts/locale.ts'
import { t } from '../texts/texts.ts'

const FacetGroup = ({ facet: { name, values, more, isAll } }: { readonly facet: Facet }) => (
  <div className="mb-6">
    <h3 className="mb-1 font-semibold text-sm">{name}</h3>
    <ul>
      {values.map(({ label, count, href, isSelected }) => (
        <li key={label}>
          <a href={href} rel="nofollow" aria-current={isSelected ? 'true' : undefined} className="facet-link">
            <span dir="auto" className="min-w-0">
              {label}
            </span>
            <span className="text-soft tabular-nums">{formatCount(count)}</span>
          </a>
        </li>
      ))}
    </ul>
    {more !== undefined && (
      <a href={more} rel="nofollow" className="link inline-flex min-h-8 items-center text-sm">
        {isAll ? t.list.fewer : t.list.more}
        <span className="sr-only"> {name}</span>
      </a>
    )}
  </div>
)

export const Facets = ({ listing: { facets, params, total, closeLink } }: { readonly listing: Listing }) => (
  <aside aria-labelledby="narrow">
    <h2 id="narrow" className="sr-only">
      {t.list.filters}
    </h2>
    <details className="fold" open={params.isPanelOpen}>
      <summary className="button-quiet w-full justify-between">{t.list.filters}</summary>
      <div className="pt-4 lg:pt-0">
        {facets.map(facet => (
          <FacetGroup key={facet.name} facet={facet} />
        ))}
        {total !== null && (
          <p className="fold-end lg:hidden">
            <a href={closeLink} className="button w-full">
              {t.list.show(total)}
            </a>
          </p>
        )}
      </div>
    </details>
  </aside>
)
