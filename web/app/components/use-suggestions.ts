/** Hook for search suggestions: debounced, and only the latest response is used. */
import { useEffect, useRef, useState } from 'react'
import { bookPath } from '#src/core/book-path.ts'
import { uniqueCategoryPath } from '#src/core/category-path.ts'
import { truncate } from '#src/core/truncate.ts'
import { authorPath } from '../paths.ts'

type Kind = 'book' | 'author' | 'category'
export type Suggestion = { readonly kind: Kind; readonly text: string; readonly path: string }
type Item = { readonly kind: Kind; readonly text: string; readonly book_id?: string }

const DEBOUNCE_MS = 120
const MIN_LENGTH = 2

export const useSuggestions = () => {
  const [suggestions, setSuggestions] = useState<readonly Suggestion[]>([])
  const latest = useRef<AbortController>(undefined)

  const suggestionPath = ({ kind, text, book_id }: Item): string => {
    if (kind === 'book' && book_id !== undefined) return bookPath({ book_id, title: text })
    if (kind === 'author') return authorPath(text)
    return uniqueCategoryPath(text)
  }
  const clear = () => {
    latest.current?.abort()
    setSuggestions([])
  }
  const fetchSuggestions = async (text: string, signal: AbortSignal) => {
    const answer = await fetch(`/api/books/suggest?${new URLSearchParams({ q: text, limit: '8' })}`, {
      signal,
    })
    if (!answer.ok) return
    const { items } = (await answer.json()) as { readonly items: readonly Item[] }
    setSuggestions(items.map(item => ({ kind: item.kind, text: item.text, path: suggestionPath(item) })))
  }
  const request = (typed: string) => {
    latest.current?.abort()
    const text = truncate(typed.trim(), 200)
    if (text.length < MIN_LENGTH) return setSuggestions([])
    const controller = new AbortController()
    latest.current = controller
    // Errors are ignored: the search works without suggestions.
    setTimeout(
      () => !controller.signal.aborted && fetchSuggestions(text, controller.signal).catch(() => {}),
      DEBOUNCE_MS,
    )
  }
  useEffect(() => () => latest.current?.abort(), [])
  return { found: suggestions, ask: request, forget: clear }
}
