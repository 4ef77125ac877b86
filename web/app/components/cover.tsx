/** The cover of a book, in a box of its own size from the start. */
import { coverSrcSet, coverUrl } from '../covers/cover-url.ts'

type Props = {
  readonly book: Parameters<typeof coverUrl>[0]
  /** What a screen reader says; empty where the title stands beside it. */
  readonly alt?: string
  /** Whether it is seen before anybody scrolls. */
  readonly eager?: boolean
  /** How wide it is shown, as `sizes` wants it: on a shelf unless told otherwise. */
  readonly sizes?: string
  readonly className?: string
}

const IN_A_ROW = '(min-width: 64rem) 11rem, (min-width: 40rem) 25vw, 45vw'

export const Cover = ({ book, alt = '', eager = false, sizes = IN_A_ROW, className = '' }: Props) => {
  const image = (
    <img
      src={coverUrl(book)}
      alt={alt}
      width={400}
      height={600}
      loading={eager ? 'eager' : 'lazy'}
      fetchPriority={eager ? 'high' : undefined}
      decoding="async"
      className={`cover ${className}`}
    />
  )
  const avif = coverSrcSet(book, 'avif')
  if (avif === undefined) return image
  return (
    <picture className="contents">
      <source type="image/avif" srcSet={avif} sizes={sizes} />
      <source type="image/webp" srcSet={coverSrcSet(book, 'webp')} sizes={sizes} />
      {image}
    </picture>
  )
}
