/**
 * Makes plain links instant: one listener for all of them hands clicks to the router, and fetches the public page that a
 * pointer, a finger or the focus rests on. A component for each link costs a third of rendering a shelf.
 */
import { useEffect, useState } from 'react'
import { PrefetchPageLinks, useNavigate } from 'react-router'

/** So long a pointer rests before that is an intent. */
const REST_MS = 80
/** Pages that everyone gets the same: only those may be fetched ahead, others are never kept. */
const PUBLIC = /^\/($|(books|category)\/|search$|about$|privacy$)/

const linkOf = ({ target }: Event): HTMLAnchorElement | undefined =>
  target instanceof Element ? (target.closest<HTMLAnchorElement>('a[href]') ?? undefined) : undefined

/** Whether the router may follow it: a page of ours, meant for this window. `rel="external"` says: load it anew. */
const isOurs = (link: HTMLAnchorElement): boolean =>
  link.origin === location.origin &&
  link.target === '' &&
  !link.hasAttribute('download') &&
  link.rel !== 'external' &&
  !link.getAttribute('href')?.startsWith('#')

const isPlainClick = (event: MouseEvent): boolean =>
  event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)

const pathOf = ({ pathname, search }: HTMLAnchorElement | Location): string => `${pathname}${search}`

export const InstantLinks = () => {
  const navigate = useNavigate()
  const [intended, setIntended] = useState<string>()
  useEffect(() => {
    let resting: ReturnType<typeof setTimeout> | undefined
    const onClick = (event: MouseEvent) => {
      const link = linkOf(event)
      if (!link || event.defaultPrevented || !isPlainClick(event) || !isOurs(link)) return
      event.preventDefault()
      const path = `${pathOf(link)}${link.hash}`
      void navigate(path, { replace: path === `${pathOf(location)}${location.hash}` })
    }
    const onIntent = (event: Event) => {
      clearTimeout(resting)
      const link = linkOf(event)
      if (!link || !isOurs(link) || !PUBLIC.test(link.pathname)) return
      const path = pathOf(link)
      if (path !== pathOf(location)) resting = setTimeout(() => setIntended(path), REST_MS)
    }
    const intents = ['mouseover', 'focusin', 'touchstart'] as const
    document.addEventListener('click', onClick)
    for (const name of intents) document.addEventListener(name, onIntent, { passive: true })
    return () => {
      clearTimeout(resting)
      document.removeEventListener('click', onClick)
      for (const name of intents) document.removeEventListener(name, onIntent)
    }
  }, [navigate])
  return intended === undefined ? null : <PrefetchPageLinks page={intended} />
}
