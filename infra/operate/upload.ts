/** Upload of the pages' static files to their bucket, with the headers for CDN and browsers. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { assetHeaders } from '#src/pages/assets.ts'
import type { Aws } from './aws.ts'

const listFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))

/** Uploads all files of `folder`; returns their number. Older files are kept, because open pages still request them. */
export const uploadAssets = async (
  aws: Pick<Aws, 'put'>,
  bucket: string,
  folder: string,
): Promise<number> => {
  let count = 0
  for (const file of listFiles(folder)) {
    const key = relative(folder, file)
    const headers = assetHeaders(`/${key}`)
    if (!headers) continue
    await aws.put(bucket, key, readFileSync(file), headers)
    count++
  }
  return count
}
