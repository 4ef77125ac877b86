import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../test/kit.ts'
import { createAssetServer, missingFile } from './assets.ts'

const folder = temporaryFolder()
mkdirSync(join(folder, 'assets'))
writeFileSync(join(folder, 'assets/app-1.js'), 'one')

test('a file is the same whatever the query, and is read from disk once', async () => {
  const serve = createAssetServer(folder)
  const get = async (path: string) => {
    const url = new URL(path, 'http://localhost')
    return (await serve(new Request(url), url.pathname))?.text()
  }
  expect(await get('/assets/app-1.js')).toBe('one')
  writeFileSync(join(folder, 'assets/app-1.js'), 'two')
  for (const n of [1, 2, 3]) expect(await get(`/assets/app-1.js?u=${n}`)).toBe('one')
  expect(await get('/assets/none.js?u=1')).toBeUndefined()
  expect(await get('/assets/%2e%2e/secret.js')).toBeUndefined()
})

test('a file that is not there is a short 404 that is cached for seconds', () => {
  const { status, headers } = missingFile()
  expect([status, headers.get('cache-control')]).toEqual([404, 'public, max-age=10'])
})
