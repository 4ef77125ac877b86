/**
 * Writes the icons of the pages from web/public/favicon.svg: favicon.ico for browsers that read no SVG, the icons of home
 * screens, and the picture of link previews. Run it when the drawing changes, and commit what it writes.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

const WEB = fileURLToPath(new URL('../../web', import.meta.url))
const PAPER = '#fbf9f4'
/** Side of the drawing, in its own units. */
const UNITS = 32

const drawing = readFileSync(`${WEB}/public/favicon.svg`, 'utf8').replace(/^<svg[^>]*>|<\/svg>\s*$/g, '')

/** The drawing in the middle of a picture, `share` of its height; on paper, or without a background. */
const draw = (width: number, height: number, share: number, ground = PAPER): Promise<Buffer> => {
  const scale = (height * share) / UNITS
  const [x, y] = [(width - UNITS * scale) / 2, (height - UNITS * scale) / 2]
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><rect width="100%" height="100%" fill="${ground}"/><g transform="translate(${x} ${y}) scale(${scale})">${drawing}</g></svg>`
  return sharp(Buffer.from(svg)).png({ palette: true, compressionLevel: 9 }).toBuffer()
}

/** An ICO file of one PNG of 32 by 32. */
const toIco = (png: Buffer): Buffer => {
  const header = Buffer.alloc(22)
  header.writeUInt16LE(1, 2)
  header.writeUInt16LE(1, 4)
  header.writeUInt8(32, 6)
  header.writeUInt8(32, 7)
  header.writeUInt16LE(1, 10)
  header.writeUInt16LE(32, 12)
  header.writeUInt32LE(png.length, 14)
  header.writeUInt32LE(header.length, 18)
  return Buffer.concat([header, png])
}

writeFileSync(`${WEB}/public/favicon.ico`, toIco(await draw(32, 32, 1, 'none')))
for (const [name, side, share] of [
  ['apple-touch-icon', 180, 0.72],
  ['icon-192', 192, 0.8],
  // Launchers may cut this one to a circle of four fifths of its side.
  ['icon-512', 512, 0.55],
] as const)
  writeFileSync(`${WEB}/app/images/${name}.png`, await draw(side, side, share))
writeFileSync(`${WEB}/app/images/link-preview.png`, await draw(1200, 630, 0.6))
