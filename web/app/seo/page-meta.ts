/** Meta tags of a page: title, description, canonical URL, Open Graph and JSON-LD. */
import type { MetaDescriptor } from 'react-router'
import linkPreview from '../images/link-preview.png?url'
import { type RouteMatches, shopDataOf } from '../loading/shop-data.ts'

export type PageMeta = {
  readonly title: string
  readonly description?: string
  /** Absolute URL; pages without one are not indexed. */
  readonly canonical?: string
  readonly type?: 'website' | 'book'
  /** Absolute; the shop's own picture where there is none. */
  readonly image?: string
  readonly jsonLd?: readonly Record<string, unknown>[]
}

/** The tags of the page of these matches, whose root knows the shop's name. */
export const pageMeta = (
  matches: RouteMatches,
  { title, description, canonical, type = 'website', image, jsonLd = [] }: PageMeta,
): MetaDescriptor[] => {
  const { name } = shopDataOf(matches)
  const whole = title.includes(name) ? title : `${title} · ${name}`
  return [
    { title: whole },
    ...(description === undefined ? [] : [{ name: 'description', content: description }]),
    ...(canonical === undefined
      ? [{ name: 'robots', content: 'noindex' }]
      : [
          { tagName: 'link' as const, rel: 'canonical', href: canonical },
          { property: 'og:title', content: title },
          { property: 'og:type', content: type },
          { property: 'og:url', content: canonical },
          { property: 'og:site_name', content: name },
          ...(description === undefined ? [] : [{ property: 'og:description', content: description }]),
          { property: 'og:image', content: image ?? new URL(linkPreview, canonical).href },
        ]),
    ...jsonLd.map(value => ({ 'script:ld+json': value as Record<string, string> })),
  ]
}
