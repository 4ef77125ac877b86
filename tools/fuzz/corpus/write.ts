/** Script that writes the generated corpus groups: malformed JSON, tampered cursors, image files. Run with `node tools/fuzz/corpus/write.ts`. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { crc32, deflateSync, gzipSync } from 'node:zlib'
import sharp from 'sharp'

type Entry = { readonly why: string; readonly expect: unknown; readonly [more: string]: unknown }

const write = (group: string, name: string, entries: readonly Entry[]): void => {
  const folder = new URL(`${group}/`, import.meta.url)
  mkdirSync(folder, { recursive: true })
  const lines = entries.map((entry, i) =>
    JSON.stringify({ id: `${name}-${String(i + 1).padStart(2, '0')}`, ...entry }),
  )
  writeFileSync(new URL(`${name}.json`, folder), `[\n  ${lines.join(',\n  ')}\n]\n`)
}

const raw = (bytes: Uint8Array | string, why: string, expect: unknown, more: object = {}): Entry => ({
  raw: Buffer.from(bytes).toString('base64'),
  ...more,
  why,
  expect,
})
const repeat = (text: string, times: number, why: string, expect: unknown, more: object = {}): Entry => ({
  repeat: { text, times },
  ...more,
  why,
  expect,
})

const body = '{"book_id":"tech-001","quantity":1}'
write('json', 'cut', [
  ...Array.from({ length: body.length }, (_, i) => raw(body.slice(0, i), `cut after ${i} bytes`, 400)),
])
write('json', 'shapes', [
  ...[' ', 'null', 'true', '1', '"x"', '[]', '{}', '[{}]', '{}x', 'undefined', 'NaN', `[${body}]`].map(text =>
    raw(text, 'another shape', 400),
  ),
  ...[`${body},`, `${body}${body}`, `${body}\u0000`, `// c\n${body}`, `/* c */${body}`, `${body}#`].map(
    text => raw(text, 'more than one value', 400),
  ),
  raw(body.replaceAll('"', "'"), 'single quotes', 400),
  raw(body.replaceAll('"', ''), 'no quotes', 400),
  raw(body.replace('}', ',}'), 'a comma at the end', 400),
  raw(`\ufeff${body}`, 'a byte order mark', 400),
  raw(Buffer.from(body, 'utf16le'), 'UTF-16', 400),
  raw(Buffer.from(`\ufeff${body}`, 'utf16le'), 'UTF-16 with its mark', 400),
  raw(
    Buffer.concat([Buffer.from('{"book_id":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]),
    'invalid UTF-8',
    400,
  ),
  raw(new Uint8Array(100), '100 zero bytes', 400),
  raw(gzipSync(body), 'compressed without Content-Encoding', 400),
  raw('{"book_id":"tech-001","__proto__":{"quantity":1}}', 'prototype pollution', 400),
  raw(
    '{"book_id":"tech-001","constructor":{"prototype":{"quantity":1}}}',
    'prototype pollution by the constructor',
    400,
  ),
  raw('{"book_id":"tech-001","quantity":1,"quantity":1}', 'a name twice: the last counts', 'accept-same'),
  raw('{"book_id":"tech-001","quantity":1,"quantity":-1}', 'a name twice: the last counts', 400),
  raw('{"BOOK_ID":"tech-001"}', 'different case', 400),
  raw('{"book_id":"tech-001","price":0.01}', 'a price chosen by the client', 400),
  raw(`{"book_id":"tech-001","a":${'['.repeat(9)}${']'.repeat(9)}}`, 'nine levels', 400),
  raw(`${'['.repeat(1_000)}${']'.repeat(1_000)}`, 'a thousand levels', 400),
])
write('json', 'sizes', [
  repeat('[', 30_000, 'thirty thousand levels that never end', 400),
  repeat('[', 100_000, 'a hundred thousand levels', 413),
  repeat('{"a":', 12_000, 'objects that never end', 400),
  repeat(' ', 65_536, 'spaces up to the body limit', 400),
  repeat(' ', 65_537, 'one byte over the limit', 413),
  repeat('x', 1_048_576, 'a megabyte', 413),
  {
    json: `{${Array.from({ length: 1_000 }, (_, i) => `"k${i}":${i}`).join()}}`,
    why: 'a thousand names',
    expect: 400,
  },
])
const types =
  ';text/plain;text/json;application/jsonx;application/xml;multipart/form-data;application/x-www-form-urlencoded;text/html;application/json-patch+json;*/*'
write('json', 'types', [
  ...types.split(';').map(type => raw(body, `sent as “${type}”`, 415, { type })),
  raw(body, 'with a charset', 'accept-same', { type: 'application/json; charset=utf-8' }),
  raw(body, 'in capitals', 'accept-same', { type: 'APPLICATION/JSON' }),
  raw(Buffer.from(body, 'utf16le'), 'with an unsupported charset', 400, {
    type: 'application/json; charset=utf-16le',
  }),
])

const spans = Array.from({ length: 24 }, (_, i) => i / 24)
write('cursors', 'tampered', [
  ...spans.map(at => ({ mutation: { flip: at }, why: 'one bit flipped', expect: 400 })),
  ...[0.1, 0.5, 0.9].map(at => ({ mutation: { cut: at }, why: 'truncated', expect: 400 })),
  { mutation: { append: 'A' }, why: 'one letter appended', expect: 400 },
  { mutation: { append: '=' }, why: 'padded', expect: 400 },
  { mutation: { append: '%00' }, why: 'NUL appended', expect: 400 },
  { mutation: { twice: true }, why: 'repeated twice', expect: 400 },
  { mutation: { of: 'another person' }, why: 'of another customer', expect: 400 },
  { mutation: { of: 'another route' }, why: 'of another route', expect: 400 },
])
write('cursors', 'forged', [
  ...['x', '0', 'null', '-1', '__proto__', '%00', "' OR 1=1 --", '../../x'].map(value => ({
    value,
    why: 'not issued by the shop',
    expect: 400,
  })),
  {
    value: Buffer.from('{"user_id":{"S":"user-1"}}').toString('base64url'),
    why: 'a readable cursor as other shops issue',
    expect: 400,
  },
  { value: Buffer.alloc(28).toString('base64url'), why: 'as long as the shortest valid cursor', expect: 400 },
  repeat('A', 1_001, 'longer than any valid cursor', 400),
])

const chunk = (type: string, data: Uint8Array): Buffer => {
  const named = Buffer.concat([Buffer.from(type), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length)
  frame.writeUInt32BE(crc32(named), 4)
  return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)])
}
/** A one-color PNG of this size, or one whose pixel data does not match its header. */
const png = (
  width: number,
  height: number,
  pixels = deflateSync(Buffer.alloc((width + 1) * height)),
): Buffer => {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  header.set([8, 0, 0, 0, 0], 8)
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

const drawn = (width = 24, height = 36) =>
  sharp({ create: { width, height, channels: 3, background: '#258' } })
const [jpeg, webp, gif, tiff] = await Promise.all([
  drawn().jpeg().toBuffer(),
  drawn().webp().toBuffer(),
  drawn().gif().toBuffer(),
  drawn().tiff().toBuffer(),
])
const located = await drawn()
  .withExif({ IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
  .jpeg()
  .toBuffer()
const svg = (inner: string) => `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">${inner}</svg>`
const small = png(8, 8)
const idat = small.indexOf('IDAT')
const bentSum = Buffer.from(small)
bentSum[idat + 8] = (bentSum[idat + 8] ?? 0) ^ 0xff

write('files', 'accepted', [
  raw(jpeg, 'a JPEG', 'accept'),
  raw(small, 'a PNG', 'accept'),
  raw(webp, 'a WebP', 'accept'),
  raw(jpeg, 'a JPEG sent as text/html', 'accept', { type: 'text/html' }),
  raw(jpeg, 'a JPEG sent as SVG', 'accept', { type: 'image/svg+xml' }),
  raw(located, 'a JPEG with a GPS position, which is removed', 'accept'),
  raw(png(1, 1), 'one pixel', 'accept'),
  raw(
    Buffer.concat([jpeg, Buffer.from('<script>alert(1)</script>')]),
    'a JPEG with an appended script: only pixels are kept',
    'accept',
  ),
  raw(
    Buffer.concat([small, Buffer.from('PK\u0003\u0004')]),
    'a PNG with an appended archive: only pixels are kept',
    'accept',
  ),
])
write('files', 'refused', [
  ...[
    ['', 'empty'],
    ['x', 'one byte'],
    ['not an image', 'a text'],
    ['<!doctype html><script>alert(1)</script>', 'a web page'],
    [svg('<script>alert(1)</script>'), 'an SVG with a script'],
    [
      `<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>${svg('<text>&x;</text>')}`,
      'an SVG with an external entity (XXE)',
    ],
    [svg('<image href="http://127.0.0.1:9/x"/>'), 'an SVG with an external image (SSRF)'],
    [
      `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>${svg('<text>&b;&b;&b;</text>')}`,
      'an SVG with entity expansion',
    ],
    ['GIF89a/*\u0000\u0000\u0000\u0000*/=1;alert(1)', 'a GIF that is a script'],
    ['%PDF-1.7\n1 0 obj', 'a PDF'],
    ['PK\u0003\u0004', 'an archive'],
    ['#!/bin/sh\nid', 'a shell script'],
    ['<?php system("id") ?>', 'a PHP script'],
    ['\u007fELF', 'a program'],
    ['MZ', 'a Windows program'],
    ['push graphic-context\nimage over 0,0 0,0 "|id"', 'an ImageMagick script'],
    ['%!PS\n(id) run', 'PostScript'],
    ['RIFF\u0000\u0000\u0000\u0000WEBP', 'the beginning of a WebP'],
    ['BM', 'the beginning of a bitmap'],
  ].map(([text = '', why = '']) => raw(text, why, 415)),
  raw(gif, 'a GIF', 415),
  raw(tiff, 'a TIFF', 415),
  raw(jpeg.subarray(0, 20), 'the beginning of a JPEG', 415),
  raw(jpeg.subarray(0, jpeg.length / 2), 'half a JPEG', 415),
  raw(Buffer.concat([Buffer.from('x'), jpeg]), 'a JPEG after an extra byte', 415),
  raw(small.subarray(0, 20), 'the beginning of a PNG', 415),
  raw(small.subarray(0, idat + 6), 'a PNG without its pixels', 415),
  raw(bentSum, 'a PNG with a wrong checksum', 415),
  raw(png(30_000, 30_000, deflateSync(Buffer.alloc(1_000))), 'a PNG of 900 megapixels in few bytes', 415),
  raw(png(6_500, 6_500, deflateSync(Buffer.alloc(1_000))), 'a PNG of 42 megapixels in few bytes', 415),
  raw(png(100_000, 1, deflateSync(Buffer.alloc(100_001))), 'a PNG that is wider than any', ['accept', 415]),
  raw(png(0, 0, deflateSync(Buffer.alloc(1))), 'a PNG of no size', 415),
  raw(png(300, 300, deflateSync(Buffer.alloc(10))), 'a PNG with fewer pixels than it says', 415),
  raw(gzipSync(jpeg), 'a JPEG, compressed', 415),
  raw(Buffer.from(jpeg.toString('base64')), 'a JPEG in base64', 415),
  repeat('\u0000', 5 * 1024 * 1024, 'zero bytes up to the size limit', 415),
  repeat('\u0000', 5 * 1024 * 1024 + 1, 'one byte over the size limit', 413),
])
