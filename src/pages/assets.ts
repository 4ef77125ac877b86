/** The files of the pages' build: hashed names that anyone may keep for good, and a few plain ones. */
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { Body } from './compress.ts'
import { IMMUTABLE } from './headers.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
}

const HASHED = /^\/assets\/[A-Za-z0-9_.-]+$/
const PLAIN = /^\/[A-Za-z0-9_-]+\.(svg|png)$/

export const isAsset = (pathname: string): boolean => HASHED.test(pathname) || PLAIN.test(pathname)

/** What is told of a file at this path; undefined for what is none. */
export const assetHeaders = (pathname: string): Record<string, string> | undefined => {
  const type = TYPES[extname(pathname)]
  return type && isAsset(pathname)
    ? { 'content-type': type, 'cache-control': HASHED.test(pathname) ? IMMUTABLE : 'public, max-age=86400' }
    : undefined
}

/** Serves the files of `folder`, each read once. Resolves to undefined where there is none. */
export const createAssetServer = (folder: string) => {
  const kept = new Map<string, Body>()

  const find = async (pathname: string): Promise<Body | undefined> => {
    const found = kept.get(pathname)
    if (found) return found
    const type = assetHeaders(pathname)?.['content-type']
    const bytes = type && (await readFile(join(folder, pathname)).catch(() => undefined))
    if (!bytes || !type) return undefined
    const body = new Body(bytes, type, 9)
    kept.set(pathname, body)
    return body
  }

  return async (request: Request, pathname: string): Promise<Response | undefined> => {
    const body = await find(pathname)
    if (!body) return undefined
    const { bytes, headers: own } = await body.for(request)
    const headers = { ...own, ...assetHeaders(pathname), 'x-content-type-options': 'nosniff' }
    return new Response(request.method === 'HEAD' ? null : (bytes as BodyInit), { headers })
  }
}
