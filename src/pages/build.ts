/** Production build of the pages, made when there is none of exactly these sources. */
import { spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { glob, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BUILDS = join(ROOT, 'build')
/** Sources of the pages: a build is current while their hash is the same. */
const SOURCES = [
  'web/*.ts',
  'web/{app,public}/**/*.*',
  'src/{core,http,addresses}/**/*.ts',
  'src/**/{*api,schema,status,email,isbn,amounts,amount-fields}.ts',
  'src/pages/query-params.ts',
  'data/address-*.json',
  'package.json',
  'package-lock.json',
]
/** Builds of older sources are removed after this time: a running shop may still serve from one. */
const OLD_MS = 3_600_000

export class BuildError extends Error {}

const fingerprint = async (): Promise<string> => {
  const files: string[] = []
  for await (const file of glob(SOURCES, { cwd: ROOT })) if (!file.includes('.test.')) files.push(file)
  const hash = createHash('sha256')
  for (const file of files.sort()) hash.update(`${file}\n`).update(await readFile(join(ROOT, file)))
  return hash.digest('hex').slice(0, 16)
}

const run = (folder: string, signal: AbortSignal): Promise<void> =>
  new Promise((done, failed) => {
    const { resolve } = createRequire(import.meta.url)
    const command = join(resolve('@react-router/dev/package.json'), '../bin.cjs')
    const child = spawn(process.execPath, [command, 'build', 'web'], {
      cwd: ROOT,
      env: { ...process.env, NODE_ENV: 'production', PAGES_BUILD: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', chunk => {
        output += chunk
      })
    child.on('error', failed)
    child.on('close', code =>
      code === 0 ? done() : failed(new BuildError(`the pages could not be built:\n${output.trim()}`)),
    )
  })

const removeOld = async (current: string): Promise<void> => {
  for (const name of await readdir(BUILDS)) {
    const folder = join(BUILDS, name)
    if (folder === current || !name.startsWith('pages-')) continue
    const { mtimeMs } = await stat(folder)
    if (Date.now() - mtimeMs > OLD_MS) await rm(folder, { recursive: true, force: true })
  }
}

/**
 * The folder of a build of the current sources, built first if there is none; `say` receives a line when that begins. Several
 * processes may build at once: the first that finishes wins. Throws BuildError with the output of the build.
 */
export const pagesBuild = async (say: (line: string) => void, signal: AbortSignal): Promise<string> => {
  const folder = join(BUILDS, `pages-${await fingerprint()}`)
  if (existsSync(folder)) return folder
  say('building the web pages, once after each change …')
  await mkdir(BUILDS, { recursive: true })
  const unfinished = join(BUILDS, `unfinished-${randomUUID()}`)
  try {
    await run(unfinished, signal)
    await rename(unfinished, folder).catch(error => {
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
  await removeOld(folder)
  return folder
}
