/** Hook for search suggestions: debounced, and only the latest response is used. */
import { useEffect, useRef, useState } from 'react'
import type { Suggestion as Item } from '#src/catalog/api.ts'
import { bookPath } from '#src/core/book-path.ts'
import { uniqueCategoryPath } from '#src/core/category-path.ts'
import { truncate } from '#src/core/truncate.ts'
import { authorPath } from '../paths.ts'

/** What a suggested book shows beside its title. */
export type SuggestedBook = {
  readonly book_id: string
  readonly title: string
  readonly author: string
  readonly category: string
  readonly image_url?: string | undefined
  readonly price?: number | undefined
  readonly isSoldOut: boolean
}
export type Suggestion = {
  readonly kind: Item['kind']
  readonly text: string
  readonly path: string
  readonly book?: SuggestedBook
}

const toSuggestion = ({ kind, text, book_id, author = '', category = '', ...item }: Item): Suggestion => {
  if (kind === 'author') return { kind, text, path: authorPath(text) }
  if (kind === 'category' || book_id === undefined) return { kind, text, path: uniqueCategoryPath(text) }
  const isSoldOut = item.availability === 'sold_out'
  const book = {
    book_id,
    title: text,
    author,
    category,
    image_url: item.image_url,
    price: item.price,
    isSoldOut,
  }
  return { kind, text, path: bookPath(book), book }
}

const DEBOUNCE_MS = 120
const MIN_LENGTH = 2

export const useSuggestions = () => {
  const [suggestions, setSuggestions] = useState<readonly Suggestion[]>([])
  const latest = useRef<AbortController>(undefined)

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
    setSuggestions(items.map(toSuggestion))
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
