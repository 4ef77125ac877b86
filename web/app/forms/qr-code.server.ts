/** A QR code as the path of an SVG. */
import { encode } from 'uqr'

export type QrCode = { readonly size: number; readonly path: string }

/** One square of 1 by 1 for each dark module, with the quiet zone of 4 around (ISO/IEC 18004). */
export const createQrCode = (text: string): QrCode => {
  const { data, size } = encode(text, { border: 4 })
  const squares = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return { size, path: squares.join('') }
}
