import { expect, test } from 'vitest'
import { truncate, truncateWords } from './truncate.ts'

/** Characters that consist of several code units. */
const CHARACTERS = ['𠮷', '👩‍👩‍👧', '🇩🇪', 'e\u0301', '각'.normalize('NFD'), 'நி', '👍🏽', '\r\n']

test('text that fits is unchanged', () => {
  expect(truncate('Clean Code', 10)).toBe('Clean Code')
  expect(truncateWords('Clean Code', 10)).toBe('Clean Code')
})

test('a cut leaves every character whole, wherever it falls', () => {
  for (const character of CHARACTERS)
    for (const before of [0, 1, 7, 64, 65, 200])
      for (let max = before; max < before + character.length; max++) {
        const text = `${'x'.repeat(before)}${character}${'y'.repeat(300)}`
        if (before > 0)
          expect([character, max, truncate(text, max)]).toEqual([character, max, 'x'.repeat(before)])
        expect(truncate(`${text}`, before + character.length)).toBe(text.slice(0, before + character.length))
      }
})

test('a run of characters is cut after the last that fits', () => {
  expect(truncate('👩‍👩‍👧'.repeat(100), 100)).toBe('👩‍👩‍👧'.repeat(12))
  expect(truncate('🇩🇪🇫🇷🇮🇹', 9)).toBe('🇩🇪🇫🇷')
  expect(truncate('𠮷'.repeat(200), 101)).toBe('𠮷'.repeat(50))
  for (let max = 100; max < 140; max++)
    expect(truncate('🇩🇪'.repeat(90), max)).toBe('🇩🇪'.repeat(Math.floor(max / 4)))
})

test('the result is never longer than asked for, and well-formed, even within one endless character', () => {
  const endless = `a${'\u0301'.repeat(500)}`
  expect(truncate(endless, 80)).toHaveLength(80)
  for (let max = 1; max < 300; max++) {
    const cut = truncate('👩‍👩‍👧'.repeat(50) + '𠮷\u0301'.repeat(20), max)
    expect(cut.length).toBeLessThanOrEqual(max)
    expect(cut.isWellFormed()).toBe(true)
  }
})

test('sentences are cut between words and end with an ellipsis', () => {
  expect(truncateWords('A handbook of agile software craftsmanship', 25)).toBe('A handbook of agile…')
  expect(truncateWords('A handbook, of agile', 12)).toBe('A handbook…')
  expect(
    truncateWords('ある日の暮方の事である。一人の下人が、羅生門の下で雨やみを待っていた', 12),
  ).toHaveLength(12)
  for (let max = 10; max < 60; max++) {
    const cut = truncateWords(`Once 👩‍👩‍👧 upon a 𠮷time ${'🙂'.repeat(30)} there was`, max)
    expect(cut.length).toBeLessThanOrEqual(max)
    expect(cut.isWellFormed()).toBe(true)
    expect(cut).not.toMatch(/\u200d…$/)
  }
})
