/** Examples of requests and replies of accounts in the OpenAPI document, by endpoint id. */
export const address = {
  name: 'John Doe',
  street: '123 Main St',
  city: 'Anytown',
  state: 'ST',
  postal_code: '12345',
  country: 'US',
}

export const token = '3q2-7wXcVbNmAsDfGhJkLqWeRtYuIoPzXcVbNmAsDfG'
export const email = 'customer@example.com'
const password = 'four quiet blue words'
const sent = { detail: 'If this needs a mail, it is on its way to that address.' }
const signedIn = { second_factor: false }
const recovery_codes = ['Hx2Lq-9TzWa', 'Bn7Rd-4YkPe']
const webAuthnAnswer = { id: 'mLx0c2Y', rawId: 'mLx0c2Y', type: 'public-key', response: {} }

export const profile = {
  user_id: 'user-12345',
  email,
  first_name: 'John',
  last_name: 'Doe',
  phone: '+1-555-0123',
  address,
  created_at: '2025-09-05T10:00:00Z',
  last_login: '2025-09-05T10:00:00Z',
}

/** Of signing up and in, and what a shopper keeps with us. */
export const ACCOUNT_EXAMPLES = {
  signUp: { request: { email, password, first_name: 'John', last_name: 'Doe' }, reply: sent },
  verifyEmail: { request: { token, password } },
  resendVerification: { request: { email }, reply: sent },
  signIn: { request: { email, password }, reply: signedIn },
  whoAmI: {
    reply: { signed_in: true, email, first_name: 'John', role: 'customer', second_factor: false },
  },
  forgotPassword: { request: { email }, reply: sent },
  resetPassword: { request: { token, password, remove_other_methods: true } },
  previewReset: {
    request: { token },
    reply: { passkeys: 1, linked_identities: 0, kept_passkeys: 0, authenticator_app: false },
  },
  getSignInMethods: {
    reply: { password: true, passkeys: 1, linked_identities: 0, authenticator_app: true, proof: 'password' },
  },
  changePassword: { request: { current_password: password, password: 'another four quiet words' } },
  changeEmail: { request: { email: 'new@example.com', password }, reply: sent },
  confirmEmail: { request: { token } },
  listSessions: {
    reply: {
      items: [
        {
          session_id: '5f525e39-edb3-48ec-b1d6-ed968edf6b50',
          current: true,
          created_at: '2025-09-05T10:00:00.000Z',
          last_used_at: '2025-09-05T10:00:00.000Z',
          user_agent: 'Mozilla/5.0',
          second_factor: false,
        },
      ],
    },
  },
  beginTotp: {
    request: { password },
    reply: {
      totp_uri: 'otpauth://totp/CloudShelf:customer%40example.com?secret=MFRGGZDFMZTWQ2LK&issuer=CloudShelf',
      recovery_codes,
    },
  },
  getTotp: { reply: { enabled: true } },
  confirmTotp: { request: { code: '123456' } },
  endTotp: { request: { password } },
  renewRecoveryCodes: { request: { password }, reply: { recovery_codes } },
  signInWithCode: { request: { code: '123456' }, reply: signedIn },
  signInWithRecoveryCode: { request: { code: 'Hx2Lq-9TzWa' }, reply: signedIn },
  passkeyOptions: { request: { password }, reply: { challenge: 'mLx0c2Y', rp: { name: 'CloudShelf' } } },
  addPasskey: { request: { name: 'My phone', response: webAuthnAnswer } },
  listPasskeys: {
    reply: { items: [{ passkey_id: '0f1e', name: 'My phone', created_at: '2025-09-05T10:00:00.000Z' }] },
  },
  removePasskey: { request: { password } },
  passkeySignInOptions: { reply: { challenge: 'mLx0c2Y', rpId: 'localhost' } },
  getProfile: { reply: profile },
  changeProfile: { request: { phone: '+1-555-0123', address }, reply: profile },
  listAddresses: { reply: { items: [{ address_id: '01m836vszs', ...address }] } },
  changeAddress: { request: address, reply: { address_id: '01m836vszs', ...address } },
  saveAddress: { request: address, reply: { address_id: '01m836vszs', ...address } },
  deleteMe: { request: { password } },
  cognitoState: { reply: { available: true, linked: false } },
  beginCognito: {
    request: { next: '/cart' },
    reply: { url: 'https://shop.auth.eu-central-1.amazoncognito.com/oauth2/authorize?client_id=example' },
  },
  linkCognito: {
    request: { password, next: '/account/single-sign-on' },
    reply: { url: 'https://shop.auth.eu-central-1.amazoncognito.com/oauth2/authorize?client_id=example' },
  },
  finishCognito: { request: { state: token, code: 'example' }, reply: { linked: false, next: '/cart' } },
  unlinkCognito: { request: { password } },
  signInWithPasskey: { request: { response: webAuthnAnswer }, reply: signedIn },
}
