/** Pages of a PDF on A4: fonts, text in columns, page breaks, and the structure by which screen readers find their way (tagged PDF). */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { create, type Font } from 'fontkit'
import PDFDocument from 'pdfkit'

const FONT = '@expo-google-fonts/noto-sans'
/** One file has all letters of Latin, Vietnamese, Greek and Cyrillic; a document contains those that it uses. */
const FONT_FILES = {
  regular: `${FONT}/400Regular/NotoSans_400Regular.ttf`,
  bold: `${FONT}/600SemiBold/NotoSans_600SemiBold.ttf`,
} as const

let fonts: Promise<Readonly<Record<keyof typeof FONT_FILES, Font>>> | undefined

const readFont = async (name: string): Promise<Font> => {
  const font = create(await readFile(createRequire(import.meta.url).resolve(name)))
  if (!('layout' in font)) throw new TypeError(`must be a single font: ${name}`)
  const layout = font.layout.bind(font)
  // Without composition of glyphs: the font draws some letters, such as ị, by two, and the text in the file would be another one.
  font.layout = text => layout(text, { ccmp: false })
  // A glyph keeps the letter with which it is first asked for, and no letter where that is as a part of another one.
  for (const letter of font.characterSet) font.glyphForCodePoint(letter)
  return font
}

/** Parsed once, because that takes longer than drawing a document with them. */
const readFonts = async () => {
  const [regular, bold] = await Promise.all([readFont(FONT_FILES.regular), readFont(FONT_FILES.bold)])
  return { regular, bold }
}

/** PDFKit takes parsed fonts; its typings know file names and bytes alone. */
const asSource = (font: Font): string => font as unknown as string

/** Millimeters as points. */
const mm = (length: number): number => (length * 72) / 25.4
const WIDTH = mm(210)
const HEIGHT = mm(297)
export const LEFT = mm(25)
export const RIGHT = WIDTH - mm(20)
const TOP = mm(20)
const BOTTOM = HEIGHT - mm(30)

const INK = '#1f1b18'
const SOFT = '#6b625b'
const LINE = '#d9d2ca'

export type TextStyle = {
  readonly size?: number
  readonly bold?: boolean
  readonly soft?: boolean
  readonly align?: 'left' | 'right'
}

/** A text in a column of a row. */
export type Cell = TextStyle & { readonly text: string; readonly x: number; readonly width: number }

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it finds
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g

/** Text as it can be drawn: composed letters, which the font has, and no control characters. */
const drawable = (text: string): string => text.toWellFormed().normalize('NFC').replaceAll(CONTROLS, ' ')

type Element = PDFKit.PDFStructureElement

/** What is drawn one below the other. `y` is where the next thing goes. */
export class Sheet {
  y = TOP
  readonly #doc: PDFKit.PDFDocument
  readonly #root: Element
  /** Called where a page begins that continues a table. */
  #onNewPage: (() => void) | undefined

  constructor(doc: PDFKit.PDFDocument) {
    this.#doc = doc
    this.#root = doc.struct('Document')
    doc.addStructure(this.#root)
  }

  #style({ size = 9.5, bold = false, soft = false }: TextStyle): void {
    this.#doc
      .font(bold ? 'bold' : 'regular')
      .fontSize(size)
      .fillColor(soft ? SOFT : INK)
  }

  #height(cell: Cell): number {
    this.#style(cell)
    return this.#doc.heightOfString(drawable(cell.text), { width: cell.width, align: cell.align ?? 'left' })
  }

  #draw(cell: Cell, y: number): void {
    this.#style(cell)
    this.#doc.text(drawable(cell.text), cell.x, y, { width: cell.width, align: cell.align ?? 'left' })
  }

  /** Begins a page where less than `height` is left of this one. */
  keep(height: number): void {
    if (this.y + height <= BOTTOM) return
    this.#doc.addPage()
    this.y = TOP
    this.#onNewPage?.()
  }

  /** Cells side by side, as one part of the document; `tag` is what it is. */
  row(cells: readonly Cell[], tag: 'P' | 'H1' = 'P', gap = 3): void {
    const height = Math.max(...cells.map(cell => this.#height(cell)))
    this.keep(height)
    for (const cell of cells) this.#root.add(this.#doc.struct(tag, {}, () => this.#draw(cell, this.y)))
    this.y += height + gap
  }

  /** A line across the columns, which is decoration. */
  rule(from = LEFT): void {
    this.#artifact(() =>
      this.#doc.moveTo(from, this.y).lineTo(RIGHT, this.y).lineWidth(0.6).strokeColor(LINE).stroke(),
    )
    this.y += 5
  }

  #artifact(draw: () => void): void {
    this.#doc.markContent('Artifact', { type: 'Layout' })
    draw()
    this.#doc.endMarkedContent()
  }

  /** A table, its head on each page. */
  table(head: readonly Cell[], rows: readonly (readonly Cell[])[]): void {
    const table = this.#doc.struct('Table')
    this.#root.add(table)
    const drawRow = (cells: readonly Cell[], tag: 'TH' | 'TD', height: number) => {
      const row = this.#doc.struct('TR')
      table.add(row)
      for (const cell of cells) row.add(this.#doc.struct(tag, {}, () => this.#draw(cell, this.y)))
      row.end()
      this.y += height + 4
    }
    const heightOf = (cells: readonly Cell[]) => Math.max(...cells.map(cell => this.#height(cell)))
    const drawHead = (isFirst: boolean) => {
      const height = heightOf(head)
      if (isFirst) drawRow(head, 'TH', height)
      else {
        this.#artifact(() => {
          for (const cell of head) this.#draw(cell, this.y)
        })
        this.y += height + 4
      }
      this.rule()
    }
    this.keep(60)
    drawHead(true)
    this.#onNewPage = () => drawHead(false)
    for (const cells of rows) {
      const height = heightOf(cells)
      this.keep(height)
      drawRow(cells, 'TD', height)
    }
    this.#onNewPage = undefined
    table.end()
    this.rule()
  }

  /** Ends the document, with `footer` on each page beside its number. */
  end(footer: string): void {
    this.#root.end()
    const { start, count } = this.#doc.bufferedPageRange()
    for (let i = start; i < start + count; i++) {
      this.#doc.switchToPage(i)
      const y = HEIGHT - mm(17)
      this.#artifact(() => {
        this.#draw({ text: footer, x: LEFT, width: mm(130), size: 7.5, soft: true }, y)
        const page = `Page ${i - start + 1} of ${count}`
        this.#draw({ text: page, x: RIGHT - mm(30), width: mm(30), size: 7.5, soft: true, align: 'right' }, y)
      })
    }
  }
}

/** A PDF that `draw` fills. It has the same bytes for the same drawing: its only time is `created`. */
export const createPdf = async (
  { title, created }: { readonly title: string; readonly created: Date },
  draw: (sheet: Sheet) => void,
): Promise<Uint8Array<ArrayBuffer>> => {
  fonts ??= readFonts()
  const { regular, bold } = await fonts
  const doc = new PDFDocument({
    size: [WIDTH, HEIGHT],
    // Pages are broken by the sheet.
    margin: 0,
    font: asSource(regular),
    pdfVersion: '1.7',
    tagged: true,
    lang: 'en-US',
    displayTitle: true,
    bufferPages: true,
    info: { Title: title, Producer: 'CloudShelf', Creator: 'CloudShelf', CreationDate: created },
  })
  doc.registerFont('regular', asSource(regular))
  doc.registerFont('bold', asSource(bold))
  const parts: Uint8Array[] = []
  const ended = new Promise<void>((resolve, reject) => {
    doc.on('data', (part: Uint8Array) => parts.push(part))
    doc.on('end', resolve)
    doc.on('error', reject)
  })
  draw(new Sheet(doc))
  doc.end()
  await ended
  return new Uint8Array(Buffer.concat(parts))
}
