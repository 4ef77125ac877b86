/** The part of the shop that has accounts. */
import { cognitoRedirect, openCognito } from '../accounts/cognito/oidc.ts'
import { accountLinks } from '../accounts/links.ts'
import type { Ground } from './base.ts'

export const accountPart = ({ db, names, settings: { cognito, publicUrl } }: Ground) => ({
  accountLinks: accountLinks(db, names),
  cognito: cognito && openCognito(cognito, cognitoRedirect(publicUrl)),
})
