/** What counts as a web address in a name or an address, and what must never do. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import countries from '../../data/address-formats.json' with { type: 'json' }
import shelf from '../../data/starter-shelf.json' with { type: 'json' }
import { personName } from './text.ts'
import { hasWebAddress } from './web-address.ts'

test.each([
  'YOU HAVE WON https://evil.example/prize',
  'http://evil.example',
  'HTTPS://EVIL.EXAMPLE',
  'https : // evil.example',
  'https:evil.example',
  'ftp://evil.example/x',
  'go to www.evil.example now',
  'WWW. evil .example',
  'www2.evil.example',
  'evil.example/path',
  'evil.example/win?id=7',
  'evil.example?id=7',
  'evil.example:8080',
  'bit.ly/3xYzAb1',
  'claim at evil-prize.com',
  'evil-prize.com.',
  '(prize.co.uk/claim)',
  'you@prize.net',
  'ｗｗｗ．evil．example',
  'evil。example/prize',
  'ev\u200bil.exam\u200dple/pri\u00adze',
  'bücher.example/gewinn',
  'пример.рф/приз',
])('%j contains a web address', text => {
  expect(hasWebAddress(text)).toBe(true)
  expect(personName(100).safeParse(text).error?.issues[0]?.message).toBe('must not contain a web address')
})

const REAL = [
  "St. John's",
  'c/o Meyer',
  'No.5/7',
  'Mr. A.B. Smith',
  'Apt.3/B',
  'Dr.-Ing. h.c. J.R.R. Tolkien',
  'O’Brien & Sons Ltd.',
  'Bldg.East/4',
  'Geb.Nord/2',
  'Esc.Dcha/3',
  'Str.d.17.Juni 135',
  'St.Gallen',
  'Wien, Stg.2/Top 5',
  'ul.Marszałkowska 10/12 m.4',
  'Rua da Prata 80, 1.º/Esq.',
  'Hauptstr.12 1/2',
  'Co.KG',
  'GmbH & Co. KG',
  'Fa.Net-Service',
  'S.p.A.',
  'Postfach 10.11.12',
  'Flat 3/1, 25 High St.',
  'km 12.5/A',
  'Attn: Accounts/Billing',
  'Tel: 030/12345',
  'Haus: B',
  'http',
  'Wwwedenskaja 3',
  '東京都千代田区１－１',
  'ул. Ленина, д.5/2, кв.7',
]
test.each(REAL)('%j does not', text => {
  expect(hasWebAddress(text)).toBe(false)
})

test('no name of the books, no country and no initials before a name are a web address', () => {
  const names = [
    ...shelf.flatMap(({ author, title }) => [...author.split(';'), ...title.split(' ')]),
    ...Object.keys(countries),
  ]
  const letter = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZÄÉ')
  const initials = fc.array(letter, { minLength: 1, maxLength: 4 }).map(all => `${all.join('.')}.`)
  const name = fc.constantFrom(...names)
  const separator = fc.constantFrom(' ', ' & ', ', ', ' c/o ', ' / ', '-')
  const house = fc
    .tuple(
      fc.constantFrom('No.', 'Apt.', 'Nr.', '', 'Bldg.'),
      fc.nat(9_999),
      fc.constantFrom('', '/B', '/7', ' 1/2'),
    )
    .map(parts => parts.join(''))
  fc.assert(
    fc.property(initials, name, separator, name, house, (first, one, between, other, number) => {
      expect(hasWebAddress(`${first} ${one}${between}${other} ${number}`)).toBe(false)
    }),
    { numRuns: 500 },
  )
})

test('a long text takes no longer than a short one', () => {
  expect(hasWebAddress('a'.repeat(60_000))).toBe(false)
  expect(hasWebAddress(`${'a.'.repeat(30_000)}!`)).toBe(false)
})
