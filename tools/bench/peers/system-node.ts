/** The node that runs the peers: the first on the path that no project has brought along, as npm puts those first. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Ours where there is no other. */
export const findSystemNode = (path: string = process.env.PATH ?? ''): string =>
  path
    .split(delimiter)
    .filter(folder => !folder.includes('node_modules') && !folder.includes('node-gyp-bin'))
    .map(folder => join(folder, 'node'))
    .find(existsSync) ?? process.execPath
