/** A bar on the terminal while a file is read. Nowhere else: a log has no use for it. */

const WIDTH = 24
const PAUSE_MS = 100

export type Progress = {
  readonly read: (bytes: number) => void
  readonly done: (books: number) => void
  readonly end: () => void
}

/** Draws on stderr while it is a terminal; `total` is the size of the file in bytes. */
export const startProgress = (total: number, stream: NodeJS.WriteStream = process.stderr): Progress => {
  if (!stream.isTTY) return { read: () => {}, done: () => {}, end: () => {} }
  const start = performance.now()
  let bytes = 0
  let books = 0
  let drawn = Number.NEGATIVE_INFINITY
  const draw = () => {
    const share = total > 0 ? Math.min(1, bytes / total) : 1
    const bar = '█'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '░')
    const rate = Math.round((1_000 * books) / (performance.now() - start))
    stream.write(`\r${bar} ${Math.floor(share * 100)} %  ${books} books  ${rate}/s\u001b[K`)
  }
  return {
    read: more => {
      bytes += more
    },
    done: more => {
      books += more
      if (performance.now() - drawn < PAUSE_MS) return
      drawn = performance.now()
      draw()
    },
    end: () => void stream.write('\r\u001b[K'),
  }
}
