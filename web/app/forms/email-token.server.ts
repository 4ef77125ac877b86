/** Token of an emailed link, read from its page's URL. */
import { data } from 'react-router'
import { isSecret } from '#src/core/secrets.ts'

/** Returns `{ token }`; empty with status 400 if the link is incomplete. Does not use the token up. */
export const readEmailToken = (url: URL) => {
  const token = url.searchParams.get('token') ?? ''
  const isToken = isSecret(token)
  return data({ token: isToken ? token : '' }, { status: isToken ? 200 : 400 })
}
