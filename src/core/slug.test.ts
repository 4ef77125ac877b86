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
})
