/** Search box: a plain form, with suggestions while typing where scripts run (ARIA combobox pattern). */
import { type KeyboardEvent, useId, useRef, useState } from 'react'
import { Form, useLocation, useNavigate } from 'react-router'
import { coverSrcSet, coverUrl } from '../covers/cover-url.ts'
import { authorsLine } from '../texts/format.ts'
import { t } from '../texts/texts.ts'
import { usePrice } from './use-shop.ts'
import { type SuggestedBook, type Suggestion, useSuggestions } from './use-suggestions.ts'

export const SearchBox = () => {
  const { pathname, search } = useLocation()
  const asked = pathname === '/search' ? (new URLSearchParams(search).get('q') ?? '') : ''
  return <SearchForm key={asked} asked={asked} />
}

const SearchForm = ({ asked }: { readonly asked: string }) => {
  const id = useId()
  const navigate = useNavigate()
  const input = useRef<HTMLInputElement>(null)
  const { found, ask, forget } = useSuggestions()
  const [active, setActive] = useState(-1)
  const isOpen = found.length > 0

  const close = () => {
    forget()
    setActive(-1)
  }
  const go = ({ path }: Suggestion) => {
    close()
    input.current?.blur()
    void navigate(path)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const chosen = found[active]
    if (event.key === 'Escape') {
      // Browsers empty a search field on Escape: the first one only closes the list.
      if (isOpen) event.preventDefault()
      close()
    } else if (event.key === 'Enter' && chosen) {
      event.preventDefault()
      go(chosen)
    } else if (isOpen && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault()
      const step = event.key === 'ArrowDown' ? 1 : -1
      // Position -1 is the text field itself.
      setActive(((active + 1 + step + found.length + 1) % (found.length + 1)) - 1)
    }
  }

  return (
    <Form action="/search" role="search" className="relative" onSubmit={close}>
      <label htmlFor={`${id}-q`} className="sr-only">
        {t.shop.searchPlaceholder}
      </label>
      <input
        ref={input}
        id={`${id}-q`}
        type="search"
        name="q"
        defaultValue={asked}
        placeholder={t.shop.searchPlaceholder}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={200}
        role="combobox"
        aria-expanded={isOpen}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
        onChange={event => {
          setActive(-1)
          ask(event.currentTarget.value)
        }}
        onKeyDown={onKeyDown}
        onBlur={close}
        className="field h-11 w-full pr-24"
      />
      <button type="submit" className="absolute inset-y-0 right-0 px-4 font-semibold text-accent text-sm">
        {t.shop.search}
      </button>
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label={t.shop.suggestions}
        className={isOpen ? 'suggestions' : 'hidden'}
      >
        {found.map((one, i) => (
          <div
            key={`${one.kind} ${one.path}`}
            id={`${id}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === active}
            className={i === active ? 'suggestion bg-deep' : 'suggestion'}
            onMouseEnter={() => setActive(i)}
            // mousedown fires before the blur that closes the list.
            onMouseDown={event => {
              event.preventDefault()
              go(one)
            }}
          >
            <SuggestionContent suggestion={one} />
          </div>
        ))}
      </div>
      <p role="status" className="sr-only">
        {isOpen ? t.shop.suggestionCount(found.length) : ''}
      </p>
    </Form>
  )
}

const SuggestionContent = ({ suggestion: { kind, text, book } }: { readonly suggestion: Suggestion }) =>
  book ? (
    <SuggestedBookContent book={book} />
  ) : (
    <>
      <span dir="auto" className="min-w-0">
        {text}
      </span>
      <span className="shrink-0 text-soft text-sm">{t.shop.suggestionKind[kind]}</span>
    </>
  )

/** Titles wrap: their ends tell volumes and editions apart. */
const SuggestedBookContent = ({ book }: { readonly book: SuggestedBook }) => {
  const price = usePrice()
  return (
    <>
      <img
        src={coverUrl(book)}
        srcSet={coverSrcSet(book, 'webp')}
        sizes="2.5rem"
        alt=""
        width={40}
        height={60}
        className="suggestion-cover"
      />
      <span className="min-w-0 flex-1">
        <span dir="auto" className="block font-serif leading-snug">
          {book.title}
        </span>
        <span dir="auto" className="line-clamp-1 text-soft text-sm">
          {authorsLine(book.author)}
        </span>
      </span>
      <span className="shrink-0 text-right text-sm tabular-nums">
        {book.price !== undefined && price(book.price)}
        {book.isSoldOut && <span className="block font-semibold text-bad">{t.book.soldOut}</span>}
      </span>
    </>
  )
}
