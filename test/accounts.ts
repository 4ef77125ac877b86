/** Test kit for accounts: a shop with its mails, sign-up helpers and TOTP codes. */
import { createHmac } from 'node:crypto'
import { sendDueMail } from '#src/notifications/worker.ts'
import { createTestShop, type ShopOptions, type Shopper } from './kit.ts'
import { createMailCapture } from './mail.ts'
import { asFunction } from './table-rights.ts'

export const PASSWORD = 'four quiet blue words'

/** Creates a shop with access to its mails and helpers for signing up and in. */
export const createAccountShop = async (options: ShopOptions = {}) => {
  const shop = await createTestShop(options)
  /** Sends the due mails and returns them. */
  const mail = async () => {
    const { mails, transport } = createMailCapture()
    await asFunction('Sweeper', sendDueMail)({ ...shop.deps, transport })
    return mails
  }
  /** Tokens in the links to `page` of the due mails. */
  const tokens = async (page: string): Promise<string[]> =>
    (await mail()).flatMap(({ text }) => new RegExp(`/${page}\\?token=([\\w-]{43})`).exec(text)?.[1] ?? [])
  const signUp = (who: Shopper, email: string, more: object = {}) =>
    who.post('/api/auth/sign-up', { email, password: PASSWORD, ...more })
  const verify = (who: Shopper, token: string | undefined, password = PASSWORD) =>
    who.post('/api/auth/verify-email', { token, password })
  const signIn = (who: Shopper, email: string, password = PASSWORD) =>
    who.post('/api/auth/sign-in', { email, password })
  /** Signs up, verifies the email address and signs in. */
  const member = async (email: string, who: Shopper = shop.visitor()): Promise<Shopper> => {
    await signUp(who, email)
    for (const token of await tokens('verify-email')) await verify(who, token)
    await signIn(who, email)
    return who
  }
  return { ...shop, mail, tokens, signUp, verify, signIn, member }
}

const BASE_32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Time in the next TOTP window, whose code is not used yet and is counted separately. */
export const nextTotpWindow = (): number => Date.now() + 30_000

/** TOTP code at time `at` for the secret in this URI (RFC 6238). */
export const totpCode = (uri: string, at = Date.now()): string => {
  const secret = new URL(uri).searchParams.get('secret') ?? ''
  const bits = [...secret].map(letter => BASE_32.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map(byte => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)))
  const digest = createHmac('sha1', key).update(counter).digest()
  const offset = (digest.at(-1) ?? 0) & 15
  return String((digest.readUInt32BE(offset) & 0x7f_ff_ff_ff) % 1_000_000).padStart(6, '0')
}
