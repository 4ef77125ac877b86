/** The database file of a data folder: what to put in its place when it is damaged, and whether it was emptied. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { DataFolder } from './data-folder.ts'
import { StartError } from './start-error.ts'

/** The way out for a database that cannot be used, naming the copies that lie beside it. */
export const restoreAdvice = (databasePath: string): string => {
  const folder = dirname(databasePath)
  const prefix = `${basename(databasePath)}.before-`
  const copies = existsSync(folder)
    ? readdirSync(folder).filter(name => name.startsWith(prefix) && !name.endsWith('.partial'))
    : []
  const beside = copies.length > 0 ? `; beside it there is ${copies.sort().join(', ')}` : ''
  return (
    `put a copy of ${databasePath} from a backup in its place${beside} (docs/local-mode.md says how), ` +
    'or set CLOUDSHELF_DATA_DIR to another folder to begin a new shop'
  )
}

/**
 * Refuses to begin a new shop where there was one: the database is empty or gone, and the folder has what a shop leaves behind, its
 * secret and the version of its data. Throws StartError.
 */
export const assertNotEmptied = ({ path, databasePath }: Pick<DataFolder, 'path' | 'databasePath'>): void => {
  const size = statSync(databasePath, { throwIfNoEntry: false })?.size
  if (size !== undefined && size > 0) return
  const left = ['secret', 'data-version'].filter(name => existsSync(join(path, name)))
  // A shop with a database of its own has a secret here, and no version.
  if (left.length === 0 || (size === undefined && left.length === 1)) return
  throw new StartError(
    `${databasePath} is ${size === 0 ? 'empty' : 'missing'}, but ${path} has had a shop (${left.join(', ')}): ` +
      `${restoreAdvice(databasePath)}. Only if its data may be lost: delete ${left.join(' and ')} and start again`,
  )
}
