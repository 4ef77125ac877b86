/** User record of a new account, however it is created: sign-up, an invitation to staff, or a first sign-in with Cognito. */
import { newUserId } from '../core/ids.ts'

type NewUser = {
  /** Normalized. */
  readonly email: string
  readonly emailVerified: boolean
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
}

/** A record of model `user`, with the fields of the sign-in library; names that are undefined are left out. */
export const createUserRecord = ({ email, emailVerified, firstName, lastName }: NewUser, now: Date) => {
  const at = now.toISOString()
  return {
    id: newUserId(now),
    email,
    emailVerified,
    // The library requires a name; the shop stores the specification's first and last name.
    name: '',
    ...(firstName === undefined ? {} : { firstName }),
    ...(lastName === undefined ? {} : { lastName }),
    accountStatus: 'active',
    createdAt: at,
    updatedAt: at,
  }
}
