/** Passwords: which are refused, and how they are kept (Argon2id, the OWASP Password Storage Cheat Sheet's 19 MiB, 2, 1). */
import { ShopError } from '../core/errors.ts'

/** Each takes 19 MiB and a core: more at once would only slow one another down. */
const AT_ONCE = 2
const WAITING = 20
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

let running = 0
const queue: (() => void)[] = []

/** Runs `work` when fewer than two do. Throws store_busy when too many wait already. */
const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
  if (running >= AT_ONCE) {
    if (queue.length >= WAITING)
      throw new ShopError(
        'store_busy',
        'Too many people are signing in just now. Please try again in a moment.',
      )
    await new Promise<void>(next => queue.push(next))
  } else running++
  try {
    return await work()
  } finally {
    // The place goes to who waits longest, or is free.
    const next = queue.shift()
    if (next) next()
    else running--
  }
}

/** Loaded when the first password is hashed: most requests of an account are none of signing in. */
const argon2 = () => import('@node-rs/argon2')

/** The password's Argon2id hash, as a PHC string. */
export const hashPassword = (password: string): Promise<string> =>
  inTurn(async () => (await argon2()).hash(password, COST))

export const verifyPassword = ({
  hash: kept,
  password,
}: {
  hash: string
  password: string
}): Promise<boolean> => inTurn(async () => (await argon2()).verify(kept, password))

let common: ReadonlySet<string> | undefined

/** Some 50,000 passwords that everybody tries first, loaded when one is chosen. */
const commonPasswords = async (): Promise<ReadonlySet<string>> => {
  if (!common) {
    const { dictionary } = await import('@zxcvbn-ts/language-common')
    common = new Set(dictionary['passwords-common'])
  }
  return common
}

const isDigitsOrRepeats = (text: string): boolean => /^(.)\1*$/u.test(text) || /^\d{1,10}$/.test(text)

/** Throws password_refused for one that is easily guessed: common, the address itself, the shop's name, one letter repeated. */
export const assertNotGuessable = async (password: string, email: string): Promise<void> => {
  const folded = password.toLowerCase()
  const [local = ''] = email.split('@')
  const near = [email, local, 'cloudshelf', `${local}1`, `${local}123`, 'cloudshelf1', 'cloudshelf123']
  if (near.includes(folded) || isDigitsOrRepeats(folded) || (await commonPasswords()).has(folded))
    throw new ShopError(
      'password_refused',
      'This password is one of those that are tried first. Please choose another, such as four words.',
    )
}
