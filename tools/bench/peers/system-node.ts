/** Node of the system, which runs the peers: the first on the PATH outside of node_modules. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Falls back to the current Node. */
export const findSystemNode = (path: string = process.env.PATH ?? ''): string =>
  path
    .split(delimiter)
    .filter(folder => !folder.includes('node_modules') && !folder.includes('node-gyp-bin'))
    .map(folder => join(folder, 'node'))
    .find(existsSync) ?? process.execPath
