/** Progress of long commands, drawn on stderr while that is a terminal: the bar of an import, a count, and a line of text. */

const WIDTH = 24
const REDRAW_AFTER_MS = 100

export type Progress = {
  /** Counts bytes of the file that have been read. */
  readonly read: (bytes: number) => void
  /** Counts books that have been handled. */
  readonly done: (books: number) => void
  /** Clears the bar. Idempotent. */
  readonly end: () => void
}

const barOf = (fraction: number): string =>
  `${'█'.repeat(Math.round(fraction * WIDTH)).padEnd(WIDTH, '░')} ${Math.floor(fraction * 100)}%`

/** `total` is the size of the file in bytes. */
export const startProgress = (total: number, stream: NodeJS.WriteStream = process.stderr): Progress => {
  if (!stream.isTTY) return { read: () => {}, done: () => {}, end: () => {} }
  const start = performance.now()
  let bytes = 0
  let books = 0
  let drawnAt = Number.NEGATIVE_INFINITY
  const draw = () => {
    const fraction = total > 0 ? Math.min(1, bytes / total) : 1
    const rate = Math.round((1_000 * books) / (performance.now() - start))
    stream.write(`\r${barOf(fraction)}  ${books} books  ${rate}/s\u001b[K`)
  }
  return {
    read: more => {
      bytes += more
    },
    done: more => {
      books += more
      if (performance.now() - drawnAt < REDRAW_AFTER_MS) return
      drawnAt = performance.now()
      draw()
    },
    end: () => void stream.write('\r\u001b[K'),
  }
}

/** A line of text that is replaced as the work goes on, not more often than can be read unless `always`. */
export const startLine = (
  stream: NodeJS.WriteStream = process.stderr,
): { readonly show: (text: string, always?: boolean) => void; readonly end: () => void } => {
  if (!stream.isTTY) return { show: () => {}, end: () => {} }
  let drawnAt = Number.NEGATIVE_INFINITY
  return {
    show: (text, always = false) => {
      if (performance.now() - drawnAt < REDRAW_AFTER_MS && !always) return
      drawnAt = performance.now()
      stream.write(`\r${text}\u001b[K`)
    },
    end: () => void stream.write('\r\u001b[K'),
  }
}

/** Count of what is done, of `total`. */
export const startCount = (
  total: number,
  stream: NodeJS.WriteStream = process.stderr,
): { readonly done: () => void; readonly end: () => void } => {
  const line = startLine(stream)
  let count = 0
  return {
    done: () => {
      count++
      line.show(`${count} of ${total}`, count === total)
    },
    end: line.end,
  }
}

/** A bar that a part of the work fills: `show` gets how much of `total` is done, and what of. */
export const startBar = (
  stream: NodeJS.WriteStream = process.stderr,
): { readonly show: (done: number, total: number, what: string) => void; readonly end: () => void } => {
  const line = startLine(stream)
  return {
    show: (done, total, what) => line.show(`${barOf(total > 0 ? Math.min(1, done / total) : 1)}  ${what}`),
    end: line.end,
  }
}
