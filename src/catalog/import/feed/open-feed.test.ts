import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../../test/kit.ts'
import { FeedError, type FeedRow } from './attributes.ts'
import { type FeedOptions, openFeed } from './open-feed.ts'

const fileOf = (content: string | Uint8Array): string => {
  const file = join(temporaryFolder(), 'feed.csv')
  writeFileSync(file, content)
  return file
}

const rowsOf = async (content: string | Uint8Array, options: FeedOptions = {}): Promise<FeedRow[]> => {
  const rows: FeedRow[] = []
  for await (const row of (await openFeed(fileOf(content), options)).rows()) rows.push(row)
  return rows
}

const titles = async (content: string | Uint8Array, options: FeedOptions = {}) =>
  (await rowsOf(content, options)).map(row => row.cells.get('title')?.[0])

describe('The delimiter', () => {
  test.each([
    ['comma', 'title,author,price\n"A; B",C,1.5\n'],
    ['semicolon', 'title;author;price\nA, B;C;1,5\n'],
    ['tab', 'title\tauthor\tprice\nA, B\tC\t1.5\n'],
    ['pipe', 'title|author|price\nA, B|C|1.5\n'],
  ])('%s is told from the header', async (name, content) => {
    const feed = await openFeed(fileOf(content))
    expect(feed.summary).toContain(`CSV, ${name}, utf-8`)
    expect(feed.decimalComma).toBe(name === 'semicolon')
    expect((await rowsOf(content))[0]?.cells.get('author')).toEqual(['C'])
  })
})

describe('The header', () => {
  test.each([
    ['sep=;\r\ntitle;author;price\r\nA;B;1,5\r\n', 3],
    ['Stock list of 2026-11-01\n\ntitle,author,price\nA,B,1.5\n', 4],
    ['Acme Books;;\nPrices in USD;;\ntitle;author;price\nA;B;1,5\n', 4],
  ])('is found behind other lines, and rows keep their line numbers: %j', async (content, line) => {
    const rows = await rowsOf(content)
    expect(rows.map(row => [row.line, row.cells.get('title'), row.cells.get('author')])).toEqual([
      [line, ['A'], ['B']],
    ])
  })

  test('is the first line where a later row has words of a header in it', async () => {
    expect(await titles('title,author,price\nTitle,Author,1\n')).toEqual(['Title'])
  })
})

describe('A quote that is not closed', () => {
  const HEADER = 'book_id\ttitle\tauthor\tprice\n'
  const priced = async (content: string) =>
    (await rowsOf(content)).map(({ line, cells, problem }) => [
      line,
      problem === undefined ? cells.get('title')?.[0] : 'refused',
      cells.get('price')?.[0],
    ])

  test.each([
    ['a\t"Weird Al\tSue\t2.50\nb\tThe "B" Book\tSue\t3.50\n', '"Weird Al', 'The "B" Book'],
    ['a\t"Weird Al\tSue\t2.50\nb\t12" Records\tSue\t3.50\n', '"Weird Al', '12" Records'],
    ['a\t"Weird Al\tSue\t2.50\nb\tBooks at 12"\tSue\t3.50\n', '"Weird Al', 'Books at 12"'],
    ['a\t"Weird Al\tSue\t2.50\nb\t"Quoted"\tSue\t3.50\n', '"Weird Al', 'Quoted'],
  ])('merges no rows: %j', async (content, first, second) => {
    expect(await priced(`${HEADER}${content}c\tC\tSue\t4.50\n`)).toEqual([
      [2, first, '2.50'],
      [3, second, '3.50'],
      [4, 'C', '4.50'],
    ])
  })

  test('in a row of another width is refused, and the next rows are read', async () => {
    const rows = await priced(
      `${HEADER}a\t"Weird Al\nSue\t2.50\nb\tThe "B" Book\tSue\t3.50\nc\tC\tSue\t4.50\n`,
    )
    expect(rows[0]?.slice(0, 2)).toEqual([2, 'refused'])
    expect(rows.at(-1)).toEqual([5, 'C', '4.50'])
  })

  test('differs from a cell over several lines, which stays whole', async () => {
    const rows = await rowsOf('title,price,description\nA,1,"One, two,\nthree, four,\nfive"\nB,2,x\n')
    expect(rows.map(row => [row.line, row.cells.get('description')])).toEqual([
      [2, ['One, two,\nthree, four,\nfive']],
      [5, ['x']],
    ])
  })
})

describe('The encoding', () => {
  test('is said to be a guess, with a sample of the text, where the bytes do not tell it', async () => {
    const czech = Buffer.from([0xc8, 0x61, 0x70, 0x6b, 0xf9, 0x76])
    const content = Buffer.concat([Buffer.from('title,price\n'), czech, Buffer.from(',1\n')])
    const { summary } = await openFeed(fileOf(content))
    expect(summary).toContain('windows-1252 (a guess: if “Èapkùv,1” looks wrong, use --encoding')
    expect((await openFeed(fileOf(content), { encoding: 'windows-1250' })).summary).not.toContain('guess')
    expect(await titles(content, { encoding: 'windows-1250' })).toEqual(['Čapkův'])
    expect((await openFeed(fileOf('title,price\nČapkův,1\n'))).summary).not.toContain('guess')
  })

  test('is UTF-8 with or without a byte order mark', async () => {
    expect(await titles('\ufefftitle,price\nÉmile,1\n')).toEqual(['Émile'])
    expect(await titles('title,price\nÉmile,1\n')).toEqual(['Émile'])
  })

  test('is Windows-1252 where the bytes are no UTF-8, also far behind the beginning', async () => {
    const head = `title,price\n${'plain,1\n'.repeat(20_000)}`
    const bytes = Buffer.concat([Buffer.from(head), Buffer.from([0x93, 0xc9, 0x94, 0x2c, 0x31, 0x0a])])
    expect((await titles(bytes)).at(-1)).toBe('“É”')
  })

  test('is UTF-16 where the byte order mark says so', async () => {
    expect(await titles(Buffer.from('\ufefftitle\tprice\nÉmile\t1\n', 'utf16le'))).toEqual(['Émile'])
  })

  test('is what the operator says', async () => {
    expect(
      await titles(Buffer.from('title,price\n\xc3\x89,1\n', 'latin1'), { encoding: 'windows-1252' }),
    ).toEqual(['Ã‰'])
    await expect(rowsOf('title\nA', { encoding: 'klingon' })).rejects.toThrow('unknown encoding klingon')
  })
})

describe('Line numbers', () => {
  test('are those in which a record begins, whatever stands inside quotes', async () => {
    const lines = ['title,author', '"a\r\nb",x', '', 'c,x', '"d\ne",x', 'f,x', ',', '"g\r\nh\r\ni",x', 'j,x']
    const rows = await rowsOf(`${lines.join('\r\n')}\r\n`)
    expect(rows.map(row => [row.cells.get('title')?.[0]?.[0], row.line])).toEqual([
      ['a', 2],
      ['c', 5],
      ['d', 6],
      ['f', 8],
      ['g', 10],
      ['j', 13],
    ])
  })
})

describe('Rows', () => {
  test('that are short lack their last cells, and rows that are long are refused', async () => {
    const rows = await rowsOf('title,author,price\nA,B\nC,D,1,2\nE,F,1,,\n')
    expect(rows.map(row => row.problem)).toEqual([
      undefined,
      expect.stringContaining('has 4 cells'),
      undefined,
    ])
    expect([...(rows[0]?.cells.keys() ?? [])]).toEqual(['title', 'author'])
  })

  test('may have guards against Excel and quotes inside a cell', async () => {
    const rows = await rowsOf('title,isbn\n12" Records,="9780132350884"\nB,"=""9780132350884"""\n')
    expect(rows.map(row => row.cells.get('isbn')?.[0])).toEqual(['="9780132350884"', '="9780132350884"'])
    expect(rows[0]?.cells.get('title')).toEqual(['12" Records'])
  })

  test('come from JSON lines too, with strings as they are', async () => {
    const rows = await rowsOf(
      '{"title":"A\u2028B","price":12.5,"genres":["x|y"],"isbn":null}\n\nnonsense\n[1]\n',
    )
    expect(rows[0]?.cells).toEqual(
      new Map([
        ['title', ['A\u2028B']],
        ['price', ['12.5']],
        ['genres', ['["x|y"]']],
      ]),
    )
    expect(rows.slice(1).map(row => [row.line, row.problem])).toEqual([
      [3, 'must be a JSON object'],
      [4, 'must be a JSON object'],
    ])
  })
})

describe('A file is refused', () => {
  test.each([
    ['without content', '', 'is empty'],
    ['without a header', 'Emma,Jane Austen\n', 'must name known columns'],
    ['that is a JSON object over lines', '{\r\n  "title": "A"\r\n}\r\n', 'is one JSON object'],
  ])('%s', async (_, content, message) => {
    await expect(rowsOf(content)).rejects.toThrow(FeedError)
    await expect(rowsOf(content)).rejects.toThrow(message)
  })

  test('with a quote that is never closed, after the rows before it', async () => {
    await expect(rowsOf('title,author\nA,B\n"C,D\nE,F\n')).rejects.toThrow('a quote is never closed')
  })

  test('that is not there, or is a folder', async () => {
    await expect(openFeed(join(temporaryFolder(), 'none'))).rejects.toThrow('file not found')
    await expect(openFeed(temporaryFolder())).rejects.toThrow('it is a folder')
  })

  test('when the operator names a column that it does not have', async () => {
    await expect(rowsOf('title\nA\n', { map: ['Preis=price'] })).rejects.toThrow(
      'has no such column, only title',
    )
  })
})

describe('A file of another kind', () => {
  test.each([
    [
      '<?xml version="1.0"?>\n<!-- a feed -->\n<ONIXMessage release="3.0"><Header/></ONIXMessage>',
      'an ONIX message',
    ],
    ['<!DOCTYPE ONIXmessage SYSTEM "x.dtd"><ONIXmessage><header/></ONIXmessage>', 'an ONIX message'],
    ['<onix:ONIXMessage xmlns:onix="http://ns.editeur.org/onix/3.0/reference"/>', 'an ONIX message'],
    ['<?xml version="1.0"?><books><book/></books>', 'XML'],
    ['<!doctype html><html>', 'a web page'],
    [Buffer.from([0x50, 0x4b, 3, 4, 20, 0, 6, 0]), 'a workbook'],
    [Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1]), 'a workbook of an old Excel'],
    [Buffer.from([0x1f, 0x8b, 8, 0]), 'compressed with gzip'],
    [Buffer.from('\ufeff<?xml version="1.0"?><ONIXMessage/>', 'utf16le'), 'an ONIX message'],
    ['{\n  "books": [{"title": "A"}]\n}', 'one JSON object'],
  ])('is refused with a sentence that says what it is: %j', async (content, kind) => {
    const opening = openFeed(fileOf(content))
    await expect(opening).rejects.toThrow(FeedError)
    await expect(opening).rejects.toThrow(`is ${kind}`)
  })

  test('is not seen in a table whose cells have tags', async () => {
    expect(await titles('title,author,price\n<b>A</b>,"<ONIX>",1\n')).toEqual(['<b>A</b>'])
  })
})

describe('A JSON array', () => {
  test('is read as its objects, however it is written, with the lines in which they begin', async () => {
    const rows = await rowsOf(
      '[\n  {"title": "A, \\"[B]\\"", "author": ["X", "Y"], "price": 1.5,\n   "genres": ["c, d"]},\n  {"title":"C"}, 7,\n{"title":"}"}\n]\n',
    )
    expect(rows.map(({ line, cells, problem }) => [line, cells.get('title')?.[0] ?? problem])).toEqual([
      [2, 'A, "[B]"'],
      [4, 'C'],
      [4, 'must be a JSON object'],
      [5, '}'],
    ])
    expect(rows[0]?.cells.get('author')).toEqual(['X; Y'])
    expect(rows[0]?.cells.get('genres')).toEqual(['["c, d"]'])
  })

  test('may be empty, and is refused where it is cut off', async () => {
    expect(await rowsOf('[]')).toEqual([])
    await expect(rowsOf('[{"title":"A"},\n{"title":"B"')).rejects.toThrow('the JSON array is not closed')
  })
})

test('a file is read hardly ahead of its rows, so that the progress shows what has been imported', async () => {
  const content = `title,price\n${'A title of some length,1.00\n'.repeat(20_000)}`
  const feed = await openFeed(fileOf(content))
  let read = 0
  let rows = 0
  for await (const _ of feed.rows(bytes => {
    read += bytes
  })) {
    rows++
    if (rows === 10_000) expect(read).toBeLessThan(feed.bytes * 0.75)
  }
  expect(rows).toBe(20_000)
  expect(read).toBe(feed.bytes)
})
