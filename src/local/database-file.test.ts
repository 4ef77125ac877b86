import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../test/kit.ts'
import { assertNotEmptied, restoreAdvice } from './database-file.ts'
import { StartError } from './start-error.ts'

const folderWith = (files: Readonly<Record<string, string>>) => {
  const path = temporaryFolder()
  for (const [name, content] of Object.entries(files)) writeFileSync(join(path, name), content)
  return { path, databasePath: join(path, 'dynamodb.sqlite') }
}
const DATABASE = { 'dynamodb.sqlite': 'x' }
const EMPTY = { 'dynamodb.sqlite': '' }
const SHOP = { secret: 's', 'data-version': '0.2.0' }

test.each([
  ['a new folder', {}],
  ['a start that ended before the first write', EMPTY],
  ['a shop', { ...DATABASE, ...SHOP }],
  ['a shop of the first release', { ...DATABASE, secret: 's' }],
  ['a folder whose shop had a database of its own until now', { secret: 's' }],
  ['a first start that ended before the engine ran', { 'data-version': '0.2.0' }],
])('%s is opened', (_what, files) => {
  expect(() => assertNotEmptied(folderWith(files))).not.toThrow()
})

test.each([
  ['an emptied database', 'empty', { ...EMPTY, ...SHOP }],
  ['an emptied database of the first release', 'empty', { ...EMPTY, secret: 's' }],
  ['an emptied database that commands made', 'empty', { ...EMPTY, 'data-version': '0.2.0' }],
  ['a database that is gone', 'missing', SHOP],
])('%s does not become a new shop', (_what, how, files) => {
  const folder = folderWith(files)
  const open = () => assertNotEmptied(folder)
  expect(open).toThrow(StartError)
  expect(open).toThrow(
    new RegExp(`dynamodb\\.sqlite is ${how}, but .* has had a shop .*: put a copy of .* in its place`),
  )
})

test('the way out names the copies beside the file', () => {
  const { path, databasePath } = folderWith(DATABASE)
  expect(restoreAdvice(databasePath)).not.toContain('beside it')
  for (const name of ['before-0.2.0', 'before-0.1.0', 'before-0.3.0.partial'])
    writeFileSync(`${databasePath}.${name}`, 'x')
  mkdirSync(join(path, 'blobs'))
  expect(restoreAdvice(databasePath)).toContain(
    'beside it there is dynamodb.sqlite.before-0.1.0, dynamodb.sqlite.before-0.2.0 (',
  )
})
