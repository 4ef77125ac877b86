import { expect, test } from 'vitest'
import { Email, maskedEmail, normalizeEmail, readableEmail } from './email.ts'

test.each([
  ['customer@example.com', 'customer@example.com'],
  ['  Customer@EXAMPLE.com\t', 'customer@example.com'],
  ['ｃｕｓｔｏｍｅｒ＠ｅｘａｍｐｌｅ．ｃｏｍ', 'customer@example.com'],
  ['a.b+tag@example.com', 'a.b+tag@example.com'],
  ["o'hara!#$%&*/=?^_`{|}~-@example.com", "o'hara!#$%&*/=?^_`{|}~-@example.com"],
  ['a@bücher.example', 'a@xn--bcher-kva.example'],
  ['a@BÜCHER.example', 'a@xn--bcher-kva.example'],
  ['a@xn--bcher-kva.example', 'a@xn--bcher-kva.example'],
  ['a@例え.テスト', 'a@xn--r8jz45g.xn--zckzah'],
  ['\u212Aelvin@example.com', 'kelvin@example.com'],
  ['a@sub.sub.example.co.uk', 'a@sub.sub.example.co.uk'],
  [`${'x'.repeat(64)}@example.com`, `${'x'.repeat(64)}@example.com`],
])('%s is normalized to %s', (typed, email) => {
  expect(normalizeEmail(typed)).toBe(email)
  // What is normal stays as it is.
  expect(normalizeEmail(email)).toBe(email)
})

test.each([
  ...[
    '',
    ' ',
    '@',
    'a@',
    '@example.com',
    'example.com',
    'a@b@',
    'a b@example.com',
    'a@exa mple.com',
    'a@localhost',
  ],
  ...[
    'a@@example.com',
    'a@b@example.com',
    '.a@example.com',
    'a.@example.com',
    'a..b@example.com',
    'a@example..com',
  ],
  ...[
    'a@.example.com',
    'a@example.com.',
    'a@-example.com',
    'a@example-.com',
    'a@example.c',
    'a@example.1',
    'a@1.2.3.4',
  ],
  ...[
    'a@[1.2.3.4]',
    'a@[::1]',
    'a@0x7f000001',
    'a@2130706433',
    'a@example.com:25',
    'a@example.com/path',
    'a@example.com?x',
  ],
  ...[
    'a@example.com#x',
    'a@example.com\\x',
    'a@user:pw@example.com',
    'a@ex%61mple.com',
    'a@exam\nple.com',
    'a@exam\tple.com',
  ],
  ...[
    'a@example.com\r\nBcc: b@example.com',
    'a\r\n@example.com',
    'a\u0000@example.com',
    'a@example.com\u0000',
    'a@\ud800.com',
  ],
  ...[
    '"a b"@example.com',
    '(c)a@example.com',
    'Name <a@example.com>',
    'a@example.com, b@example.com',
    'а@example.com',
  ],
  ...['ı@example.com', 'ä@example.com', 'a@exa_mple.com', 'a@*.example.com', `${'x'.repeat(65)}@example.com`],
  ...[
    `a@${'x'.repeat(64)}.com`,
    `a@${'abc.'.repeat(63)}example.com`,
    'a@xn--zz--.com',
    'javascript:alert(1)@x',
    'a@ﷺ.com',
  ],
])('%j is refused, because mail cannot reach it', typed => {
  expect(normalizeEmail(typed)).toBeUndefined()
  expect(Email.safeParse(typed).success).toBe(false)
})

test('an email with look-alike letters is another email', () => {
  expect(normalizeEmail('a@ехаmple.com')).not.toBe('a@example.com')
})

test.each([1, null, undefined, [], {}, ['a@example.com'], `${'x'.repeat(320)}@example.com`])(
  '%j is refused as an email',
  typed => {
    expect(Email.safeParse(typed).success).toBe(false)
  },
)

test.each([
  ['kunde@xn--bcher-laden-thb.example', 'kunde@bücher-laden.example'],
  ['a@xn--r8jz45g.xn--zckzah', 'a@例え.テスト'],
  ['customer@example.com', 'customer@example.com'],
  ['xn--bcher-kva@example.com', 'xn--bcher-kva@example.com'],
  ['a@xn--a.example', 'a@xn--a.example'],
  ['nothing', 'nothing'],
  ['', ''],
])('%s is shown as %s', (email, shown) => {
  expect(readableEmail(email)).toBe(shown)
  if (normalizeEmail(email) !== undefined) expect(normalizeEmail(shown)).toBe(email)
})

test.each([
  ['customer@example.com', 'c•••@example.com'],
  ['a@example.com', 'a•••@example.com'],
  ['kunde@xn--bcher-laden-thb.example', 'k•••@bücher-laden.example'],
])('%s is masked as %s', (email, shown) => {
  expect(maskedEmail(email)).toBe(shown)
})
