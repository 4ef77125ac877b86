/** Static files of the pages' build: files with hashed names, cached for good, and a few with plain names. */
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { Body } from './compress.ts'
import { IMMUTABLE, MISSING } from './headers.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
}

const HASHED = /^\/assets\/[A-Za-z0-9_.-]+$/
const PLAIN = /^\/[A-Za-z0-9_-]+\.(svg|png|ico)$/

export const isAsset = (pathname: string): boolean => HASHED.test(pathname) || PLAIN.test(pathname)

/** Response headers of a static file; undefined where the path is not one. */
export const assetHeaders = (pathname: string): Record<string, string> | undefined => {
  const type = TYPES[extname(pathname)]
  return type && isAsset(pathname)
    ? { 'content-type': type, 'cache-control': HASHED.test(pathname) ? IMMUTABLE : 'public, max-age=86400' }
    : undefined
}

/** Response for a file that does not exist: without a page around it, because the browser asked for a file. */
export const missingFile = (): Response =>
  new Response('Not found', {
    status: 404,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': MISSING,
    },
  })

/** Serves the files of `folder`, each read from disk once. Resolves to undefined for a file that does not exist. */
export const createAssetServer = (folder: string) => {
  const cached = new Map<string, Body>()

  const find = async (pathname: string): Promise<Body | undefined> => {
    const found = cached.get(pathname)
    if (found) return found
    const type = assetHeaders(pathname)?.['content-type']
    const bytes = type && (await readFile(join(folder, pathname)).catch(() => undefined))
    if (!bytes || !type) return undefined
    const body = new Body(bytes, type, 9)
    cached.set(pathname, body)
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
