import { describe, expect, test } from 'vitest'
import { authorKey, authorNames } from './author-names.ts'

describe('a line of names is split as the trade writes it', () => {
  test.each([
    ['Ada Berg', ['Ada Berg']],
    ['Ada Berg; Cal Dorn', ['Ada Berg', 'Cal Dorn']],
    ['Ada Berg；Cal Dorn', ['Ada Berg', 'Cal Dorn']],
    ['東野圭吾、村上春樹', ['東野圭吾', '村上春樹']],
    ['Ada Berg & Cal Dorn', ['Ada Berg', 'Cal Dorn']],
    ['Ada Berg and Cal Dorn', ['Ada Berg', 'Cal Dorn']],
    ['Ada Berg with Cal Dorn', ['Ada Berg', 'Cal Dorn']],
    ['Ada Berg und Cal Dorn', ['Ada Berg', 'Cal Dorn']],
    ['Ada Berg et Cal Dorn', ['Ada Berg', 'Cal Dorn']],
    ['Ada Berg/Cal Dorn', ['Ada Berg', 'Cal Dorn']],
    ['Ada Berg, Cal Dorn', ['Ada Berg', 'Cal Dorn']],
    ['Ada Berg, Cal Dorn, and Eve Falk', ['Ada Berg', 'Cal Dorn', 'Eve Falk']],
    ['Ada Berg, Cal Dorn et al.', ['Ada Berg', 'Cal Dorn']],
    ['Ada Berg as told to Cal Dorn', ['Ada Berg', 'Cal Dorn']],
    ['Ada Berg, illustrated by Cal Dorn', ['Ada Berg', 'Cal Dorn']],
    ['by Ada Berg (Author), Cal Dorn (Illustrator)', ['Ada Berg', 'Cal Dorn']],
    ['Ada Berg; Ada Berg;;', ['Ada Berg']],
    ['', []],
    [' ; ', []],
  ])('%s', (line, names) => {
    expect(authorNames(line)).toEqual(names)
  })

  test.each([
    ['Berg, Ada', ['Ada Berg']],
    ['Berg, Ada; Dorn, Cal', ['Ada Berg', 'Cal Dorn']],
    ['Berg, Ada, Dorn, Cal', ['Ada Berg', 'Cal Dorn']],
    ['Berg, Ada and Cal Dorn', ['Ada Berg', 'Cal Dorn']],
    ['Tolkien, J. R. R.', ['J. R. R. Tolkien']],
    ['Le Guin, Ursula K.', ['Ursula K. Le Guin']],
    ['García Márquez, Gabriel', ['Gabriel García Márquez']],
    ['von der Berg, Ada Maria', ['Ada Maria von der Berg']],
    ['King, Martin Luther, Jr.', ['Martin Luther King, Jr.']],
  ])('a family name that comes first goes to its end: %s', (line, names) => {
    expect(authorNames(line)).toEqual(names)
  })

  test.each([
    'Simon & Schuster Editors',
    'Barnes & Noble',
    'Earth, Wind & Fire',
    'Better Homes and Gardens',
    'National Academies of Sciences, Engineering, and Medicine',
    'Dorn & Berg Publishing Group',
    'Stan & Jan Berenstain',
    'AC/DC',
    'Martin Luther King, Jr.',
    'Oliver Sacks, M.D.',
    'Santiago Ramón y Cajal',
    'Malcolm X',
  ])('firms, bands and single names stay whole: %s', line => {
    expect(authorNames(line)).toEqual([line])
  })
})

test('initials make one author in every spelling, and different ones do not', () => {
  const spellings = [
    'Q. X. Marlowen',
    'Q.X. Marlowen',
    'QX Marlowen',
    'Q X Marlowen',
    'q.x.marlowen',
    'Q. X. Márlowen',
  ]
  expect(new Set(spellings.map(authorKey)).size).toBe(1)
  expect(authorKey('Q. Marlowen')).not.toBe(authorKey('Q. X. Marlowen'))
  expect(authorKey('刘慈欣')).not.toBe(authorKey('刘慈'))
  expect(authorKey('!!!')).toBe('!!!')
})
