/** Small pieces of SVG. */

export const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const n = Math.round

export const rect = (x: number, y: number, width: number, height: number, fill: string): string =>
  `<path fill="${fill}" d="M${n(x)} ${n(y)}h${n(width)}v${n(height)}h${n(-width)}z"/>`

export const frame = (inset: number, stroke: string, width: number): string =>
  `<path fill="none" stroke="${stroke}" stroke-width="${width}" d="M${inset} ${inset}H${800 - inset}V${1200 - inset}H${inset}z"/>`

export const disc = (x: number, y: number, radius: number, fill: string, opacity = 1): string =>
  `<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}" fill="${fill}"${opacity === 1 ? '' : ` opacity="${opacity}"`}/>`

export const ring = (x: number, y: number, radius: number, stroke: string, width: number): string =>
  `<circle cx="${n(x)}" cy="${n(y)}" r="${n(radius)}" fill="none" stroke="${stroke}" stroke-width="${n(width)}"/>`

export const rule = (x: number, y: number, width: number, stroke: string, thickness = 3): string =>
  rect(x, y - thickness / 2, width, thickness, stroke)

export const shape = (fill: string, d: string): string => `<path fill="${fill}" d="${d}"/>`
