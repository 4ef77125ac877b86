/** Software authenticator: makes a passkey and signs in with it, as a browser with a built-in authenticator does (WebAuthn level 3). */
import { createHash, createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

export type Passkey = { readonly id: string; readonly key: JsonWebKey }

const sha256 = (data: string | Uint8Array): Buffer => createHash('sha256').update(data).digest()
const base64url = (data: string | Uint8Array): string => Buffer.from(data).toString('base64url')

const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04
const WITH_CREDENTIAL = 0x40
const COUNTER = Buffer.alloc(4)
const AAGUID = Buffer.alloc(16)

/** The head of a CBOR item whose length is below 65536 (RFC 8949, 3). */
const head = (major: number, length: number): Buffer => {
  if (length < 24) return Buffer.from([(major << 5) | length])
  if (length < 256) return Buffer.from([(major << 5) | 24, length])
  return Buffer.from([(major << 5) | 25, length >> 8, length & 255])
}
const cborText = (text: string): Buffer => Buffer.concat([head(3, text.length), Buffer.from(text)])
const cborBytes = (bytes: Uint8Array): Buffer => Buffer.concat([head(2, bytes.length), bytes])

/** ES256 public key as a COSE key: kty 2, alg -7, crv 1, x and y. */
const coseKey = ({ x = '', y = '' }: JsonWebKey): Buffer =>
  Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
    cborBytes(Buffer.from(x, 'base64url')),
    Buffer.from([0x22]),
    cborBytes(Buffer.from(y, 'base64url')),
  ])

const clientData = (type: string, challenge: string, origin: string): string =>
  JSON.stringify({ type, challenge, origin, crossOrigin: false })

/** A new passkey, and the response that registers it. */
export const createPasskey = (
  challenge: string,
  origin: string,
): { readonly passkey: Passkey; readonly response: object } => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = privateKey.export({ format: 'jwk' }) as JsonWebKey
  const id = randomBytes(16)
  const authData = Buffer.concat([
    sha256(new URL(origin).hostname),
    Buffer.from([USER_PRESENT | USER_VERIFIED | WITH_CREDENTIAL]),
    COUNTER,
    AAGUID,
    Buffer.from([0, id.length]),
    id,
    coseKey(key),
  ])
  const attestation = Buffer.concat([
    head(5, 3),
    cborText('fmt'),
    cborText('none'),
    cborText('attStmt'),
    head(5, 0),
    cborText('authData'),
    cborBytes(authData),
  ])
  const response = {
    id: base64url(id),
    rawId: base64url(id),
    type: 'public-key',
    clientExtensionResults: {},
    response: {
      clientDataJSON: base64url(clientData('webauthn.create', challenge, origin)),
      attestationObject: base64url(attestation),
      transports: ['internal'],
    },
  }
  return { passkey: { id: base64url(id), key }, response }
}

/** The response that signs in with a passkey. */
export const signWithPasskey = ({ id, key }: Passkey, challenge: string, origin: string): object => {
  const data = clientData('webauthn.get', challenge, origin)
  const flags = Buffer.from([USER_PRESENT | USER_VERIFIED])
  const authData = Buffer.concat([sha256(new URL(origin).hostname), flags, COUNTER])
  const signature = sign(
    'sha256',
    Buffer.concat([authData, sha256(data)]),
    createPrivateKey({ key: key as import('node:crypto').JsonWebKey, format: 'jwk' }),
  )
  return {
    id,
    rawId: id,
    type: 'public-key',
    clientExtensionResults: {},
    response: {
      clientDataJSON: base64url(data),
      authenticatorData: base64url(authData),
      signature: base64url(signature),
    },
  }
}
