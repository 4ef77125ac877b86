/** Command `npm run openapi`: writes docs/openapi.json; with `--check` it fails when the file is not up to date. */
import { readFile, writeFile } from 'node:fs/promises'
import { createShopDocument } from './shop-document.ts'

const FILE = new URL('../../docs/openapi.json', import.meta.url)
const fresh = `${JSON.stringify(createShopDocument(), null, 2)}\n`

if (!process.argv.includes('--check')) await writeFile(FILE, fresh)
else if ((await readFile(FILE, 'utf8').catch(() => '')) !== fresh) {
  console.error('docs/openapi.json must be up to date: run `npm run openapi`')
  process.exitCode = 1
}
