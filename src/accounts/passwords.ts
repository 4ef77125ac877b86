/** Hashing of passwords (Argon2id with 19 MiB, 2 iterations, 1 lane: OWASP Password Storage Cheat Sheet), and refusal of guessable ones. */
import { ShopError } from '../core/errors.ts'

/** Each hash takes 19 MiB and a core, so more concurrent ones would only slow one another down. */
const MAX_CONCURRENT = 2
/** Further requests are refused (load shedding). */
const MAX_QUEUED = 20
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

let running = 0
const queue: (() => void)[] = []

/** Runs `work` once a slot is free. Throws store_busy when the queue is full. */
const withSlot = async <T>(work: () => Promise<T>): Promise<T> => {
  if (running >= MAX_CONCURRENT) {
    if (queue.length >= MAX_QUEUED)
      throw new ShopError(
        'store_busy',
        'Too many people are signing in right now. Please try again in a moment.',
      )
    await new Promise<void>(next => queue.push(next))
  } else running++
  try {
    return await work()
  } finally {
    // The slot passes to the longest waiting request, or becomes free.
    const next = queue.shift()
    if (next) next()
    else running--
  }
}

/** Loaded when the first password is hashed, since most requests need none. */
const argon2 = () => import('@node-rs/argon2')

/** The password's Argon2id hash, as a PHC string. */
export const hashPassword = (password: string): Promise<string> =>
  withSlot(async () => (await argon2()).hash(password, COST))

export const verifyPassword = ({ hash, password }: { hash: string; password: string }): Promise<boolean> =>
  withSlot(async () => (await argon2()).verify(hash, password))

let common: ReadonlySet<string> | undefined

/** About 50,000 common passwords, loaded when the first password is chosen. */
const commonPasswords = async (): Promise<ReadonlySet<string>> => {
  if (!common) {
    const { dictionary } = await import('@zxcvbn-ts/language-common')
    common = new Set(dictionary['passwords-common'])
  }
  return common
}

const isDigitsOrRepeats = (text: string): boolean => /^(.)\1*$/u.test(text) || /^\d{1,10}$/.test(text)

/** Throws password_refused for a password that is common, derived from the email or the shop's name, or one repeated character. */
export const assertNotGuessable = async (password: string, email: string): Promise<void> => {
  const folded = password.toLowerCase()
  const [local = ''] = email.split('@')
  const guesses = [email, local, 'cloudshelf', `${local}1`, `${local}123`, 'cloudshelf1', 'cloudshelf123']
  if (guesses.includes(folded) || isDigitsOrRepeats(folded) || (await commonPasswords()).has(folded))
    throw new ShopError(
      'password_refused',
      'This password is too easy to guess. Please choose another, for example four random words.',
    )
}
