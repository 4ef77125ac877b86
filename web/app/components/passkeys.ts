/** Passkeys in the browser: the shop's endpoints around WebAuthn. Loaded when the first button is pressed. */
import { startAuthentication, startRegistration } from '@simplewebauthn/browser'

type Options = Parameters<typeof startAuthentication>[0]['optionsJSON'] &
  Parameters<typeof startRegistration>[0]['optionsJSON']

/** What the shop said against it: its code, and the problem's own words. */
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

/** Signs in with a passkey that the user chooses. undefined: signed in. Throws when none was chosen. */
export const signInWithPasskey = async (): Promise<PasskeyError | undefined> => {
  const options = await post('/api/auth/sign-in/passkey/options')
  const refused = await readError(options)
  if (refused) return refused
  const response = await startAuthentication({ optionsJSON: (await options.json()) as Options })
  return readError(await post('/api/auth/sign-in/passkey', { response }))
}

/** Makes a passkey for the account. undefined: it is kept. Throws when the user thought better of it. */
export const addPasskey = async (password: string, name: string): Promise<PasskeyError | undefined> => {
  const options = await post('/api/auth/passkeys/options', { password })
  const refused = await readError(options)
  if (refused) return refused
  const response = await startRegistration({ optionsJSON: (await options.json()) as Options })
  return readError(await post('/api/auth/passkeys', { response, ...(name === '' ? {} : { name }) }))
}
