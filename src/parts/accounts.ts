/** The part of the shop that has accounts. */
import { cognitoRedirect, openCognito } from '../accounts/cognito.ts'
import { accountLinks } from '../accounts/links.ts'
import type { Ground } from './ground.ts'

export const accountPart = ({ db, names, settings: { cognito, publicUrl } }: Ground) => ({
  accountLinks: accountLinks(db, names),
  cognito: cognito && openCognito(cognito, cognitoRedirect(publicUrl)),
})
