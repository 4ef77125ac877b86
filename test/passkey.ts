/** Software authenticator for tests: one passkey that verifies its user, and answers as a browser does (WebAuthn Level 3). */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { Json } from './kit.ts'

const ORIGIN = 'http://localhost:3000'
const RP_ID = 'localhost'
/** User present, user verified; with attested credential data. */
const [PRESENT_AND_VERIFIED, ATTESTED] = [0x05, 0x40]

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest()

/** The part of CBOR (RFC 8949) that an attestation needs: integers, byte and text strings, and maps. */
const cbor = (value: number | string | Buffer | Map<unknown, unknown>): Buffer => {
  const head = (major: number, count: number) =>
    count < 24
      ? Buffer.from([(major << 5) | count])
      : count < 256
        ? Buffer.from([(major << 5) | 24, count])
        : Buffer.from([(major << 5) | 25, count >> 8, count & 255])
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value])
  const entries = [...value].flat().map(one => cbor(one as number))
  return Buffer.concat([head(5, value.size), ...entries])
}

export const createPasskey = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const coordinate = (text: string) => Buffer.from(text, 'base64url')
  const id = randomBytes(16)
  let uses = 0

  const clientData = (type: string, challenge: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin: ORIGIN, crossOrigin: false }))
  const authenticatorData = (flags: number, more = Buffer.alloc(0)) => {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(++uses)
    return Buffer.concat([sha256(RP_ID), Buffer.from([flags]), counter, more])
  }
  const answer = (response: Json) => ({
    id: id.toString('base64url'),
    rawId: id.toString('base64url'),
    type: 'public-key',
    clientExtensionResults: {},
    response,
  })

  /** The answer to the options for creating a passkey. */
  const register = ({ challenge }: Json): Json => {
    const key = new Map<number, number | Buffer>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, coordinate(x)],
      [-3, coordinate(y)],
    ])
    const credential = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, cbor(key)])
    const authData = authenticatorData(PRESENT_AND_VERIFIED | ATTESTED, credential)
    const attestation = new Map<string, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', authData],
    ])
    return answer({
      clientDataJSON: clientData('webauthn.create', challenge).toString('base64url'),
      attestationObject: cbor(attestation).toString('base64url'),
      transports: ['internal'],
    })
  }

  /** The answer to the options for signing in. */
  const signIn = ({ challenge }: Json): Json => {
    const client = clientData('webauthn.get', challenge)
    const data = authenticatorData(PRESENT_AND_VERIFIED)
    const signature = sign('sha256', Buffer.concat([data, sha256(client)]), privateKey)
    return answer({
      clientDataJSON: client.toString('base64url'),
      authenticatorData: data.toString('base64url'),
      signature: signature.toString('base64url'),
    })
  }

  return { register, signIn }
}
