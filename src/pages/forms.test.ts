/** What a page takes as a form. */
import { expect, test } from 'vitest'
import { readBody } from '../http/body.ts'
import { readFormBytes } from './forms.ts'

const readForm = (request: Request, maxBytes: number) =>
  readFormBytes(request, maxBytes, limit => readBody(request, limit))
const read = (body: string, type?: string) =>
  readForm(
    new Request('http://localhost:3000/cart', {
      method: 'POST',
      body: Buffer.from(body),
      ...(type === undefined ? {} : { headers: { 'content-type': type } }),
    }),
    1_000,
  )
const refusal = (code: string) => expect.objectContaining({ code })

test.each(['application/x-www-form-urlencoded', 'Application/X-WWW-Form-Urlencoded; charset=UTF-8'])(
  'a form sent as %s is read',
  async type => {
    expect(Buffer.from(await read('a=1&b=%C3%BC', type)).toString()).toBe('a=1&b=%C3%BC')
  },
)

test('a multipart form is read, with its bytes unchanged', async () => {
  const form = new FormData()
  form.append('cover', new Blob([new Uint8Array([0, 255, 13, 10])]), 'a.png')
  const request = new Request('http://localhost:3000/staff', { method: 'POST', body: form })
  const bytes = await request.clone().arrayBuffer()
  expect(Buffer.from(await readForm(request, 10_000))).toEqual(Buffer.from(bytes))
})

test.each([undefined, '', 'application/json', 'text/plain', 'multipart/form-datas', 'image/png', 'nonsense'])(
  'content of type %s is not a form',
  async type => {
    await expect(read('a=1', type)).rejects.toEqual(refusal('unsupported_media_type'))
  },
)

test.each(['multipart/form-data', 'multipart/form-data; boundary=x', 'multipart/form-data; boundary='])(
  'a damaged form of type %s is refused',
  async type => {
    await expect(read('--y\r\nno form', type)).rejects.toEqual(refusal('malformed_request'))
  },
)

test('a form that is too large is refused', async () => {
  await expect(read('a'.repeat(1_001), 'application/x-www-form-urlencoded')).rejects.toEqual(
    refusal('body_too_large'),
  )
})
