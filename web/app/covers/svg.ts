/** SVG primitives. */

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML cannot contain them
const NOT_IN_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

export const escapeXml = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(NOT_IN_XML, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')

const round = Math.round

export const rect = (x: number, y: number, width: number, height: number, fill: string): string =>
  `<path fill="${fill}" d="M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}z"/>`

export const frame = (inset: number, stroke: string, width: number): string =>
  `<path fill="none" stroke="${stroke}" stroke-width="${width}" d="M${inset} ${inset}H${800 - inset}V${1200 - inset}H${inset}z"/>`

export const disc = (x: number, y: number, radius: number, fill: string, opacity = 1): string =>
  `<circle cx="${round(x)}" cy="${round(y)}" r="${round(radius)}" fill="${fill}"${opacity === 1 ? '' : ` opacity="${opacity}"`}/>`

export const ring = (x: number, y: number, radius: number, stroke: string, width: number): string =>
  `<circle cx="${round(x)}" cy="${round(y)}" r="${round(radius)}" fill="none" stroke="${stroke}" stroke-width="${round(width)}"/>`

export const rule = (x: number, y: number, width: number, stroke: string, thickness = 3): string =>
  rect(x, y - thickness / 2, width, thickness, stroke)

export const shape = (fill: string, d: string): string => `<path fill="${fill}" d="${d}"/>`
