/** What the shop suggests for a text that is being typed, the latest answer only. */
import { useEffect, useRef, useState } from 'react'
import { authorPath, bookPath } from '../paths.ts'

type Kind = 'book' | 'author' | 'category'
export type Suggestion = { readonly kind: Kind; readonly text: string; readonly path: string }
type Item = { readonly kind: Kind; readonly text: string; readonly book_id?: string }

const PAUSE_MS = 120
const SHORTEST = 2

export const useSuggestions = () => {
  const [found, setFound] = useState<readonly Suggestion[]>([])
  const latest = useRef<AbortController>(undefined)

  const pathOf = ({ kind, text, book_id }: Item): string => {
    if (kind === 'book' && book_id !== undefined) return bookPath({ book_id, title: text })
    if (kind === 'author') return authorPath(text)
    return `/category/${encodeURIComponent(text)}`
  }
  const forget = () => {
    latest.current?.abort()
    setFound([])
  }
  const fetchFor = async (text: string, signal: AbortSignal) => {
    const answer = await fetch(`/api/books/suggest?${new URLSearchParams({ q: text, limit: '8' })}`, {
      signal,
    })
    if (!answer.ok) return
    const { items } = (await answer.json()) as { readonly items: readonly Item[] }
    setFound(items.map(item => ({ kind: item.kind, text: item.text, path: pathOf(item) })))
  }
  const ask = (typed: string) => {
    latest.current?.abort()
    const text = typed.trim().slice(0, 200)
    if (text.length < SHORTEST) return setFound([])
    const asking = new AbortController()
    latest.current = asking
    // Suggestions are a help: without them the search is as good as before.
    setTimeout(() => !asking.signal.aborted && fetchFor(text, asking.signal).catch(() => {}), PAUSE_MS)
  }
  useEffect(() => () => latest.current?.abort(), [])
  return { found, ask, forget }
}
