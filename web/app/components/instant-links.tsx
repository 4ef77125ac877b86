/**
 * Makes plain links instant: one listener for all of them hands clicks to the router, and fetches the public page that a
 * pointer, a finger or the focus rests on. A component for each link costs a third of rendering a shelf.
 */
import { useEffect, useState } from 'react'
import { PrefetchPageLinks, useNavigate } from 'react-router'

/** So long a pointer rests before that is an intent. */
const HOVER_MS = 80
/** Pages that everyone gets the same: only those may be fetched ahead, others are never kept. */
const PUBLIC = /^\/($|(books|category)\/|search$|about$|privacy$)/

const closestLink = ({ target }: Event): HTMLAnchorElement | undefined =>
  target instanceof Element ? (target.closest<HTMLAnchorElement>('a[href]') ?? undefined) : undefined

/** Whether the router may follow it: a page of ours, meant for this window. `rel="external"` says: load it anew. */
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
