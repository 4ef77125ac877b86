/** Cover image of a book. Width and height are set so that the layout does not shift. */
import { coverSrcSet, coverUrl } from '../covers/cover-url.ts'

type Props = {
  readonly book: Parameters<typeof coverUrl>[0]
  /** Alternative text; empty where the title is next to the cover. */
  readonly alt?: string
  /** Whether the cover is above the fold. */
  readonly eager?: boolean
  /** Value of the `sizes` attribute; defaults to the width in a book row. */
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
