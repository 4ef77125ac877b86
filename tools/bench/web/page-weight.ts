/** Page weight: files that a first visit of a category page loads, and whether the HTML is complete without them. */
import { gzipSync } from 'node:zlib'
import { launchBrowser } from '../../../web/tests/browser.ts'
import type { Figure } from './figures.ts'

const KILOBYTE = 1000
/** Maximum kilobytes, gzipped; fonts are already compressed. */
const MAX_KILOBYTES = { script: 130, stylesheet: 20, font: 60 }
const BOOKS = 24

type Kind = keyof typeof MAX_KILOBYTES
const KINDS = Object.keys(MAX_KILOBYTES) as Kind[]

/** Files that a browser with an empty cache requests for `url`, by kind. */
const listLoadedFiles = async (url: string): Promise<Map<Kind, string[]>> => {
  const browser = await launchBrowser()
  try {
    const page = await browser.newPage()
    const loaded = new Map<Kind, string[]>()
    page.on('request', request => {
      const kind = KINDS.find(one => one === request.resourceType())
      if (kind) loaded.set(kind, [...(loaded.get(kind) ?? []), request.url()])
    })
    await page.goto(url, { waitUntil: 'networkidle' })
    return loaded
  } finally {
    await browser.close()
  }
}

const measureKilobytes = async (kind: Kind, urls: readonly string[]): Promise<number> => {
  let bytes = 0
  for (const url of new Set(urls)) {
    const file = new Uint8Array(await (await fetch(url)).arrayBuffer())
    bytes += kind === 'font' ? file.byteLength : gzipSync(file).byteLength
  }
  return bytes / KILOBYTE
}

/** `url` is a category page with at least 24 books. */
export const measureWeight = async (url: string): Promise<Figure[]> => {
  const loaded = await listLoadedFiles(url)
  const figures: Figure[] = []
  for (const kind of KINDS) {
    const urls = loaded.get(kind) ?? []
    const value = await measureKilobytes(kind, urls)
    figures.push({
      name: `first visit of a shelf: ${kind}`,
      value,
      unit: 'KB',
      max: MAX_KILOBYTES[kind],
      note: `${urls.length} files`,
    })
  }
  const html = await (await fetch(url)).text()
  const page = html.slice(0, html.indexOf('window.__reactRouterContext'))
  figures.push(
    {
      name: 'books in the HTML, each with its price',
      value: page.match(/<article(?:(?!<\/article>).)*\$\d+\.\d\d/gs)?.length ?? 0,
      unit: 'books',
      min: BOOKS,
    },
    { name: 'the HTML of that page', value: gzipSync(html).byteLength / KILOBYTE, unit: 'KB' },
  )
  return figures
}
