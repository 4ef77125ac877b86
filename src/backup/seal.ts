/** Sealing of archives with a passphrase: the age format (age-encryption.org/v1, scrypt), as the `age` command reads it too. */
import { readFileSync } from 'node:fs'
import { BackupError } from './format.ts'

/** What a sealed archive begins with. */
const MAGIC = Buffer.from('age-encryption.org/v1\n')
const SHORTEST = 12

export const isSealed = (beginning: Uint8Array): boolean =>
  Buffer.from(beginning).subarray(0, MAGIC.length).equals(MAGIC)

/** The passphrase in a file, without the line break at its end. Throws BackupError for a file that has none. */
export const readPassphrase = (path: string): string => {
  let passphrase: string
  try {
    passphrase = readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    throw new BackupError(
      `cannot read the passphrase file ${path}: ${error instanceof Error ? error.message : error}`,
    )
  }
  if (passphrase.length >= SHORTEST && !passphrase.includes('\n')) return passphrase
  throw new BackupError(`${path} must contain one line with a passphrase of at least ${SHORTEST} characters`)
}

// The library is loaded where an archive is sealed alone.

export const seal = async (
  bytes: ReadableStream<Uint8Array>,
  passphrase: string,
  workFactor = 18,
): Promise<ReadableStream<Uint8Array>> => {
  const { Encrypter } = await import('age-encryption')
  const encrypter = new Encrypter()
  encrypter.setPassphrase(passphrase)
  encrypter.setScryptWorkFactor(workFactor)
  return encrypter.encrypt(bytes)
}

/** The bytes that were sealed. Throws BackupError for a wrong passphrase. */
export const unseal = async (
  bytes: ReadableStream<Uint8Array>,
  passphrase: string,
): Promise<ReadableStream<Uint8Array>> => {
  const { Decrypter } = await import('age-encryption')
  const decrypter = new Decrypter()
  decrypter.addPassphrase(passphrase)
  try {
    return await decrypter.decrypt(bytes)
  } catch (error) {
    throw new BackupError(
      'the archive cannot be opened: the passphrase is another one, or its beginning is damaged',
      {
        cause: error,
      },
    )
  }
}
