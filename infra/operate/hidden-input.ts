/** A secret from standard input: typed without being shown, or from a pipe. */
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'

/** Asks at a terminal; otherwise reads everything that standard input has. */
export const readHidden = async (question: string): Promise<string> => {
  if (process.stdin.isTTY !== true) return text(process.stdin)
  process.stdout.write(question)
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const asking = createInterface({ input: process.stdin, output: silent, terminal: true })
  try {
    return await asking.question('')
  } finally {
    asking.close()
    process.stdout.write('\n')
  }
}
