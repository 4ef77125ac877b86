/** QR code as SVG path data. */
import { encode } from 'uqr'

export type QrCode = { readonly size: number; readonly path: string }

/** One unit square for each dark module, with a quiet zone of 4 modules (ISO/IEC 18004). */
export const createQrCode = (text: string): QrCode => {
  const { data, size } = encode(text, { border: 4 })
  const squares = data.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
  return { size, path: squares.join('') }
}
