/** Dependencies of the accounts: the links that are mailed, and the Cognito client where it is set up. */
import { createAccountLinks } from '../accounts/account-links.ts'
import { cognitoRedirectUrl, createCognitoClient } from '../accounts/cognito/oidc.ts'
import type { BaseContext } from './base.ts'

export const createAccountDeps = ({ db, names, settings: { cognito, publicUrl } }: BaseContext) => ({
  accountLinks: createAccountLinks(db, names),
  /** undefined: there is no sign-in with Cognito. */
  cognito: cognito && createCognitoClient(cognito, cognitoRedirectUrl(publicUrl)),
})
