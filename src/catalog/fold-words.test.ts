import fc from 'fast-check'
import { expect, test } from 'vitest'
import { foldWords, MAX_WORD_LENGTH } from './fold-words.ts'

test.each([
  ['Suite Française', ['suite', 'francaise']],
  ["It's Me, Margaret.", ['its', 'me', 'margaret']],
  ['Can’t Stop', ['cant', 'stop']],
  ['J.K. Rowling', ['jk', 'rowling']],
  ['J. R. R. Tolkien', ['jrr', 'tolkien']],
  ['E.M. Forster', ['em', 'forster']],
  ['Robert C. Martin', ['robert', 'c', 'martin']],
  ['Mr. Feynman', ['mr', 'feynman']],
  ['U.S.A', ['usa']],
  ['Kavalier & Clay', ['kavalier', 'and', 'clay']],
  ['Spider-Man #3.5', ['spider', 'man', '35']],
  ['Straße Ærø Łódź', ['strasse', 'aero', 'lodz']],
  ['ﬁnal', ['final']],
  ['三体 III', ['三', '体', 'iii']],
  ['J. R.R. Tolkien', ['jrr', 'tolkien']],
  ['Plan B. A story', ['plan', 'b', 'a', 'story']],
  ['C++ in Depth', ['c++', 'in', 'depth']],
  ['C++20', ['c++', '20']],
  ['C#/F♯ and C', ['c#', 'f#', 'and', 'c']],
  ['The ASP.NET and .NET Way', ['the', 'asp', '.net', 'and', '.net', 'way']],
  ['CompTIA A+ Guide', ['comptia', 'a+', 'guide']],
  ['1+1=2, a+b', ['1', '1', '2', 'a', 'b']],
  ['バラの本', ['バ', 'ラ', 'の', '本']],
  ['ハ\u3099ラ', ['バ', 'ラ']],
  ['ﾊﾟラ', ['パ', 'ラ']],
  ['हिन्दी किताब', ['हिन्दी', 'किताब']],
  ['กินข้าว', ['กิ', 'น', 'ข้', 'า', 'ว']],
  ['Чайковский и ёлка', ['чайковский', 'и', 'елка']],
  ['Ὀδύσσεια', ['οδυσσεια']],
  ['أَحْمَد', ['احمد']],
  ['שָׁלוֹם', ['שלום']],
  ['Việt Nam', ['viet', 'nam']],
  ['\u200eISBN\u00ad', ['isbn']],
  ['!?🙂', []],
  ['', []],
])('%s is folded to %j', (text, words) => {
  expect(foldWords(text)).toEqual(words)
})

test('folding twice changes nothing, and words are bounded and not empty', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const words = foldWords(text)
      for (const word of words) {
        expect(word.length).toBeGreaterThan(0)
        expect(word.length).toBeLessThan(2 * MAX_WORD_LENGTH)
      }
      expect(foldWords(words.join(' '))).toEqual(words)
    }),
  )
})

test('at most `maxWords` words are returned', () => {
  expect(foldWords('a.b.c d e f', 2)).toEqual(['abc', 'd'])
  expect(foldWords('one two three', 2)).toEqual(['one', 'two'])
})
