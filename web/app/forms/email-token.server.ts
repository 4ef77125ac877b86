/** The token of a mailed link, as its page is given it. */
import { data } from 'react-router'
import { isSecret } from '#src/core/secrets.ts'

/** `{ token }`, empty and a 400 where the link was cut off. Reading it spends nothing. */
export const readEmailToken = (url: URL) => {
  const token = url.searchParams.get('token') ?? ''
  const isToken = isSecret(token)
  return data({ token: isToken ? token : '' }, { status: isToken ? 200 : 400 })
}
