/** The token of a mailed link, as its page is given it. */
import { data } from 'react-router'

const TOKEN = /^[A-Za-z0-9_-]{43}$/

/** `{ token }`, empty and a 400 where the link was cut off. Reading it spends nothing. */
export const mailedToken = (url: URL) => {
  const token = url.searchParams.get('token') ?? ''
  const isToken = TOKEN.test(token)
  return data({ token: isToken ? token : '' }, { status: isToken ? 200 : 400 })
}
