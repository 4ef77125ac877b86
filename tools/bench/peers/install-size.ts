/** Size of an installation: production packages of its lock file, and their disk usage. */
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import type { Install } from './peer.ts'

const BLOCK = 512

const Lock = z.object({
  packages: z.record(
    z.string(),
    z.object({ dev: z.boolean().optional(), devOptional: z.boolean().optional() }),
  ),
})
const Manifest = z.object({ version: z.string() })

/** Disk usage without nested packages, which are counted separately. */
const folderBytes = (folder: string): number => {
  let bytes = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === 'node_modules') continue
    const path = join(folder, entry.name)
    bytes += entry.isDirectory() ? folderBytes(path) : lstatSync(path).blocks * BLOCK
  }
  return bytes
}

/** Installed packages of a project that are not only for development. */
export const measureInstall = (project: string): Install => {
  const { packages } = Lock.parse(JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')))
  const folders = Object.entries(packages)
    .filter(([path, { dev, devOptional }]) => path !== '' && !dev && !devOptional)
    .map(([path]) => join(project, path))
    .filter(existsSync)
  return {
    packages: folders.length,
    megabytes: folders.reduce((sum, folder) => sum + folderBytes(folder), 0) / 1e6,
  }
}

export const readVersion = (project: string, packageName: string): string =>
  Manifest.parse(JSON.parse(readFileSync(join(project, 'node_modules', packageName, 'package.json'), 'utf8')))
    .version
