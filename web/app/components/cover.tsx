/** The cover of a book, in a box of its own size from the start. */
import { coverAddress, coverSizes } from '../covers/cover-address.ts'

type Props = {
  readonly book: Parameters<typeof coverAddress>[0]
  /** What a screen reader says; empty where the title stands beside it. */
  readonly alt?: string
  /** Whether it is seen before anybody scrolls. */
  readonly eager?: boolean
  /** How wide it is shown, as `sizes` wants it: on a shelf unless told otherwise. */
  readonly sizes?: string
  readonly className?: string
}

const ON_A_SHELF = '(min-width: 64rem) 11rem, (min-width: 40rem) 25vw, 45vw'

export const Cover = ({ book, alt = '', eager = false, sizes = ON_A_SHELF, className = '' }: Props) => {
  const image = (
    <img
      src={coverAddress(book)}
      alt={alt}
      width={400}
      height={600}
      loading={eager ? 'eager' : 'lazy'}
      fetchPriority={eager ? 'high' : undefined}
      decoding="async"
      className={`cover ${className}`}
    />
  )
  const avif = coverSizes(book, 'avif')
  if (avif === undefined) return image
  return (
    <picture className="contents">
      <source type="image/avif" srcSet={avif} sizes={sizes} />
      <source type="image/webp" srcSet={coverSizes(book, 'webp')} sizes={sizes} />
      {image}
    </picture>
  )
}
