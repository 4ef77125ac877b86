/** The cover of a book, in a box of its own size from the start. */
import { coverAddress } from '../covers/cover-address.ts'

type Props = {
  readonly book: Parameters<typeof coverAddress>[0]
  /** What a screen reader says; empty where the title stands beside it. */
  readonly alt?: string
  /** Whether it is seen before anybody scrolls. */
  readonly eager?: boolean
  readonly className?: string
}

export const Cover = ({ book, alt = '', eager = false, className = '' }: Props) => (
  <img
    src={coverAddress(book)}
    alt={alt}
    width={400}
    height={600}
    loading={eager ? 'eager' : 'lazy'}
    decoding="async"
    className={`cover ${className}`}
  />
)
