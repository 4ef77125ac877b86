/** Compressed response bodies: Brotli or gzip by Accept-Encoding, each compressed once, at its first request. */
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const viaBrotli = promisify(brotliCompress)
const viaGzip = promisify(gzip)
const SMALL = 1_000
const TEXT = /^(text\/|application\/(json|javascript|manifest\+json|xml)|image\/svg)/

export type Encoding = 'br' | 'gzip'

/** The content encoding for an Accept-Encoding header; undefined to send the body as it is. */
export const encodingFor = (accepted: string | null, type: string, size: number): Encoding | undefined => {
  if (accepted === null || size < SMALL || !TEXT.test(type)) return undefined
  if (/\bbr\b(?!\s*;\s*q=0(\.0*)?\b)/.test(accepted)) return 'br'
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\b)/.test(accepted) ? 'gzip' : undefined
}

/** `quality` of Brotli: 4 while a visitor waits, 11 for files that are cached for good. */
export const compress = (bytes: Uint8Array, encoding: Encoding, quality = 4): Promise<Uint8Array> =>
  encoding === 'br'
    ? viaBrotli(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } })
    : viaGzip(bytes)

export type Form = { readonly bytes: Uint8Array; readonly headers: Readonly<Record<string, string>> }

/** One response body with its compressed forms. */
export class Body {
  readonly plain: Uint8Array
  readonly type: string
  readonly #quality: number
  readonly #forms = new Map<Encoding, Promise<Uint8Array>>()

  constructor(plain: Uint8Array, type: string, quality = 4) {
    this.plain = plain
    this.type = type
    this.#quality = quality
  }

  /** The form that the client accepts, with its headers. */
  async for(request: Request): Promise<Form> {
    const headers = { 'content-type': this.type, vary: 'accept-encoding' }
    const encoding = encodingFor(request.headers.get('accept-encoding'), this.type, this.plain.byteLength)
    if (!encoding) return { bytes: this.plain, headers }
    const made = this.#forms.get(encoding) ?? compress(this.plain, encoding, this.#quality)
    this.#forms.set(encoding, made)
    return { bytes: await made, headers: { ...headers, 'content-encoding': encoding } }
  }
}
