import { expect, test } from 'vitest'
import { slugify } from './slug.ts'

test('a title becomes lower-case words joined by hyphens', () => {
  expect(slugify('Clean Code')).toBe('clean-code')
  expect(slugify('  The Hitchhiker’s Guide (to the Galaxy)! ')).toBe('the-hitchhikers-guide-to-the-galaxy')
})

test('accents are removed, letters of other scripts are kept', () => {
  expect(slugify('Émile, or On Éducation')).toBe('emile-or-on-education')
  expect(slugify('Война и мир')).toBe('воина-и-мир')
})

test('a slug is short, never ends in a hyphen, and may be empty', () => {
  expect(slugify(`${'x'.repeat(79)} y`)).toBe('x'.repeat(79))
  expect(slugify('?!')).toBe('')
  expect(slugify(`${'a'.repeat(79)}𠮷野家`)).toBe('a'.repeat(79))
  for (let i = 60; i < 90; i++) {
    const slug = slugify(`${'a'.repeat(i)}𠮷각🙂\ud842`)
    expect(slug.length).toBeLessThanOrEqual(80)
    expect(() => encodeURIComponent(slug)).not.toThrow()
    expect(slug.replace(/^a+-?/, '').normalize('NFC')).toMatch(/^(𠮷각?)?$/)
  }
})
