import { expect, test } from 'vitest'
import { parseJson, readBody } from './body.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const bad = expect.objectContaining({ code: 'malformed_json' })

const streamed = (chunks: readonly Uint8Array[], headers: Record<string, string> = {}, fails = false) =>
  new Request('http://localhost/', {
    method: 'POST',
    headers,
    body: new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk)
        if (fails) controller.error(new Error('cut off'))
        else controller.close()
      },
    }),
    duplex: 'half',
  } as RequestInit)

test('a body within the limit is read completely, in any number of chunks', async () => {
  const text = 'a body of some bytes'
  for (const size of [1, 7, 20]) {
    const chunks = Array.from({ length: Math.ceil(20 / size) }, (_, i) =>
      bytes(text).slice(i * size, (i + 1) * size),
    )
    expect(new TextDecoder().decode(await readBody(streamed(chunks), 20))).toBe(text)
  }
  expect(await readBody(new Request('http://localhost/', { method: 'POST' }), 20)).toHaveLength(0)
})

test('a body over the limit is refused by its content-length, and by its actual size', async () => {
  const tooLarge = expect.objectContaining({ code: 'body_too_large' })
  const large = [bytes('x'.repeat(15)), bytes('x'.repeat(6))]
  await expect(readBody(streamed(large), 20)).rejects.toThrow(tooLarge)
  for (const length of ['20', '0', '-5', 'many', ''])
    await expect(readBody(streamed(large, { 'content-length': length }), 20), length).rejects.toThrow(
      tooLarge,
    )
  await expect(readBody(streamed([], { 'content-length': '21' }), 20)).rejects.toThrow(tooLarge)
  await expect(readBody(streamed([], { 'content-length': '1e9' }), 20)).rejects.toThrow(tooLarge)
})

test('a body that ends early is malformed_request, with or without content-length', async () => {
  const cut = expect.objectContaining({ code: 'malformed_request' })
  await expect(readBody(streamed([bytes('{')], {}, true), 20)).rejects.toThrow(cut)
  await expect(readBody(streamed([bytes('{')], { 'content-length': '9' }, true), 20)).rejects.toThrow(cut)
})

test('an endless stream is not read beyond the limit', async () => {
  let given = 0
  const endless = new ReadableStream({
    pull(controller) {
      given += 1_000
      controller.enqueue(new Uint8Array(1_000))
    },
  })
  const request = new Request('http://localhost/', {
    method: 'POST',
    body: endless,
    duplex: 'half',
  } as RequestInit)
  await expect(readBody(request, 64 * 1024)).rejects.toThrow('at most 65536 bytes')
  expect(given).toBeLessThan(80_000)
})

test('JSON of at most 8 levels is parsed; deeper JSON and other text is refused', () => {
  const nested = (depth: number) => bytes(`${'['.repeat(depth)}${']'.repeat(depth)}`)
  expect(parseJson(nested(8))).toBeDefined()
  for (const depth of [9, 1_000, 30_000]) expect(() => parseJson(nested(depth))).toThrow(bad)
  expect(() => parseJson(bytes(`${'{"a":'.repeat(9)}1${'}'.repeat(9)}`))).toThrow(bad)
  const wrong = [
    '',
    ' ',
    '{',
    '{}x',
    '{"a":1,}',
    "{'a':1}",
    '{a:1}',
    'NaN',
    'Infinity',
    '// c\n{}',
    '\ufeff{}',
    '01',
    '"\u0001"',
    '\u0000',
  ]
  for (const text of wrong) expect(() => parseJson(bytes(text)), text).toThrow(bad)
  expect(() => parseJson(new Uint8Array([0x22, 0xff, 0x22]))).toThrow(bad)
  expect(() => parseJson(new Uint8Array(Buffer.from('{"a":1}', 'utf16le')))).toThrow(bad)
})
