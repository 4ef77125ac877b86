/** Reader of bytes that come in parts of any size, by lengths that only their consumer knows. */

export type ByteReader = {
  /** The next `length` bytes, in memory of their own; undefined when fewer are left. */
  readonly take: (length: number) => Promise<Uint8Array | undefined>
  /** The next `length` bytes, or as many as are left. */
  readonly takeUpTo: (length: number) => Promise<Uint8Array>
  /** Whether all bytes have been taken. */
  readonly isAtEnd: () => Promise<boolean>
  /** Ends reading before the end. */
  readonly close: () => Promise<void>
}

/** A reader of the bytes of `source`, of which it holds one part at a time. */
export const createByteReader = (source: AsyncIterable<Uint8Array>): ByteReader => {
  const parts = source[Symbol.asyncIterator]()
  let rest: Uint8Array = new Uint8Array(0)

  /** Goes on to the next part that has any bytes. Returns false at the end. */
  const advance = async (): Promise<boolean> => {
    while (rest.length === 0) {
      const { done, value } = await parts.next()
      if (done) return false
      rest = value
    }
    return true
  }

  const takeUpTo = async (length: number): Promise<Uint8Array> => {
    const bytes = new Uint8Array(length)
    let at = 0
    while (at < length && (await advance())) {
      const piece = rest.subarray(0, length - at)
      bytes.set(piece, at)
      at += piece.length
      rest = rest.subarray(piece.length)
    }
    return at === length ? bytes : bytes.subarray(0, at)
  }

  return {
    takeUpTo,
    take: async length => {
      const bytes = await takeUpTo(length)
      return bytes.length === length ? bytes : undefined
    },
    isAtEnd: async () => !(await advance()),
    close: async () => {
      rest = new Uint8Array(0)
      await parts.return?.()
    },
  }
}
