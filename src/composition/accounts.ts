/** The part of the shop that has accounts. */
import { cognitoRedirectUrl, createCognitoClient } from '../accounts/cognito/oidc.ts'
import { createAccountLinks } from '../accounts/links.ts'
import type { BaseContext } from './base.ts'

export const createAccountDeps = ({ db, names, settings: { cognito, publicUrl } }: BaseContext) => ({
  accountLinks: createAccountLinks(db, names),
  cognito: cognito && createCognitoClient(cognito, cognitoRedirectUrl(publicUrl)),
})
