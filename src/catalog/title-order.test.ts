import { expect, test } from 'vitest'
import { titleSortKey, volumeOf } from './title-order.ts'

const sorted = (titles: readonly string[], language?: string): string[] =>
  titles.toSorted((a, b) => (titleSortKey(a, language) < titleSortKey(b, language) ? -1 : 1))

test('a leading article does not count, in the language of the book', () => {
  const english = ['The Aardvark', 'A Badger', 'Camel', 'An Eland', 'Theory', 'Zebra']
  expect(sorted(english.toReversed())).toEqual(english)
  expect(sorted(['Der Zauberberg', 'Das Boot', 'Die Akte'], 'de')).toEqual([
    'Die Akte',
    'Das Boot',
    'Der Zauberberg',
  ])
  expect(sorted(['Les Misérables', "L'Étranger", 'Un amour'], 'fr-FR')).toEqual([
    'Un amour',
    "L'Étranger",
    'Les Misérables',
  ])
  expect(sorted(['El túnel', 'La casa', 'Rayuela'], 'spa')).toEqual(['La casa', 'Rayuela', 'El túnel'])
})

test('what is no article in the language of the book counts', () => {
  expect(sorted(['Eagle', 'Die Trying', 'Cat'])).toEqual(['Cat', 'Die Trying', 'Eagle'])
  expect(sorted(['La La Land', 'Moon'], 'en')).toEqual(['La La Land', 'Moon'])
  expect(sorted(['The', 'A', 'B'])).toEqual(['A', 'B', 'The'])
})

test('numbers sort as numbers, quotes and accents do not count', () => {
  const volumes = ['Diaries, Volume 1', 'Diaries, Volume 2', 'Diaries, Volume 2.5', 'Diaries, Volume 10']
  expect(sorted(volumes.toReversed())).toEqual(volumes)
  expect(sorted(['“The Élan”', '100 Days', '9 Lives', 'Dusk'])).toEqual([
    '9 Lives',
    '100 Days',
    'Dusk',
    '“The Élan”',
  ])
})

test.each([
  ['Embers (Saga of Asch, #3)', { series: 'saga of asch', number: 3 }],
  ['Embers (Saga of Asch #2.5)', { series: 'saga of asch', number: 2.5 }],
  ['Embers (Saga of Asch, Book Two; Other, #9)', { series: 'saga of asch', number: 2 }],
  ['War Diaries, Volume 10', { series: 'war diaries', number: 10 }],
  ['King Osric IV', { series: 'king osric', number: 4 }],
  ['King Osric, Part Three', { series: 'king osric', number: 3 }],
  ['War Diaries, Vol.3', { series: 'war diaries', number: 3 }],
  ['Embers (Asch #7)', { series: 'asch', number: 7 }],
  ['1984', undefined],
  ['Embers', undefined],
  ['Civil', undefined],
])('%s is volume %j', (title, volume) => {
  expect(volumeOf(title)).toEqual(volume)
})
