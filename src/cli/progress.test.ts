import { WriteStream } from 'node:tty'
import { expect, test } from 'vitest'
import { startProgress } from './progress.ts'

const fakeStream = (isTTY: boolean) => {
  const written: string[] = []
  const stream: WriteStream = Object.assign(Object.create(WriteStream.prototype), {
    isTTY,
    write: (text: string) => written.push(text) > 0,
  })
  return { written, stream }
}

test('a terminal shows how much of the file has been read, until the end of the import', () => {
  const { written, stream } = fakeStream(true)
  const progress = startProgress(1_000, stream)
  progress.read(500)
  progress.done(7)
  progress.end()
  expect(written[0]).toContain('████████████░░░░░░░░░░░░ 50%  7 books')
  expect(written.at(-1)).toBe('\r\u001b[K')
})

test('a stream that is no terminal gets no bar', () => {
  const { written, stream } = fakeStream(false)
  const progress = startProgress(1_000, stream)
  progress.read(500)
  progress.done(7)
  progress.end()
  expect(written).toEqual([])
})
