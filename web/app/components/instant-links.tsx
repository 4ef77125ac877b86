/**
 * Client-side navigation and prefetching for plain links, by one delegated listener. A `Link` component for
 * each one costs a third of the rendering time of a book list (decision 30).
 */
import { useEffect, useState } from 'react'
import { PrefetchPageLinks, useNavigate } from 'react-router'

/** How long the pointer must rest on a link before its page is prefetched. */
const HOVER_MS = 80
/** Public pages. Only these are prefetched, because private ones must not be cached. */
const PUBLIC = /^\/($|(books|category)\/|search$|about$|terms$|privacy$)/

const closestLink = ({ target }: Event): HTMLAnchorElement | undefined =>
  target instanceof Element ? (target.closest<HTMLAnchorElement>('a[href]') ?? undefined) : undefined

/**
 * Whether the router may handle the link: same origin and same window. `rel="external"` forces a full page
 * load.
 */
const isInternal = (link: HTMLAnchorElement): boolean =>
  link.origin === location.origin &&
  link.target === '' &&
  !link.hasAttribute('download') &&
  link.rel !== 'external' &&
  !link.getAttribute('href')?.startsWith('#')

const isPlainClick = (event: MouseEvent): boolean =>
  event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)

const pathAndQuery = ({ pathname, search }: HTMLAnchorElement | Location): string => `${pathname}${search}`

export const InstantLinks = () => {
  const navigate = useNavigate()
  const [prefetched, setPrefetched] = useState<string>()
  useEffect(() => {
    let hoverTimer: ReturnType<typeof setTimeout> | undefined
    const onClick = (event: MouseEvent) => {
      const link = closestLink(event)
      if (!link || event.defaultPrevented || !isPlainClick(event) || !isInternal(link)) return
      event.preventDefault()
      const path = `${pathAndQuery(link)}${link.hash}`
      void navigate(path, { replace: path === `${pathAndQuery(location)}${location.hash}` })
    }
    const onIntent = (event: Event) => {
      clearTimeout(hoverTimer)
      const link = closestLink(event)
      if (!link || !isInternal(link) || !PUBLIC.test(link.pathname)) return
      const path = pathAndQuery(link)
      if (path !== pathAndQuery(location)) hoverTimer = setTimeout(() => setPrefetched(path), HOVER_MS)
    }
    const intents = ['mouseover', 'focusin', 'touchstart'] as const
    document.addEventListener('click', onClick)
    for (const name of intents) document.addEventListener(name, onIntent, { passive: true })
    return () => {
      clearTimeout(hoverTimer)
      document.removeEventListener('click', onClick)
      for (const name of intents) document.removeEventListener(name, onIntent)
    }
  }, [navigate])
  return prefetched === undefined ? null : <PrefetchPageLinks page={prefetched} />
}
