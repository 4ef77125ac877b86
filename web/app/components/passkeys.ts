/** WebAuthn calls for passkeys. Loaded on demand, at the first click. */
import { startAuthentication, startRegistration } from '@simplewebauthn/browser'

type Options = Parameters<typeof startAuthentication>[0]['optionsJSON'] &
  Parameters<typeof startRegistration>[0]['optionsJSON']

/** Error code and detail of the API's problem response. */
export type PasskeyError = { readonly code: string; readonly detail: string }

const post = async (path: string, body?: unknown): Promise<Response> =>
  fetch(path, {
    method: 'POST',
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })

const readError = async (answer: Response): Promise<PasskeyError | undefined> =>
  answer.ok
    ? undefined
    : answer.json().then(
        ({ code, detail }) => ({ code: String(code), detail: String(detail) }),
        () => ({ code: 'store_unavailable', detail: '' }),
      )

/** Signs in with a passkey. Resolves to undefined on success; throws if the user cancels. */
export const signInWithPasskey = async (): Promise<PasskeyError | undefined> => {
  const options = await post('/api/auth/sign-in/passkey/options')
  const refused = await readError(options)
  if (refused) return refused
  const response = await startAuthentication({ optionsJSON: (await options.json()) as Options })
  return readError(await post('/api/auth/sign-in/passkey', { response }))
}

/** Adds a passkey to the account; `password` of an account that has one. Resolves to undefined on success; throws if the user cancels. */
export const addPasskey = async (
  password: string | undefined,
  name: string,
): Promise<PasskeyError | undefined> => {
  const options = await post('/api/auth/passkeys/options', password === undefined ? {} : { password })
  const refused = await readError(options)
  if (refused) return refused
  const response = await startRegistration({ optionsJSON: (await options.json()) as Options })
  return readError(await post('/api/auth/passkeys', { response, ...(name === '' ? {} : { name }) }))
}
