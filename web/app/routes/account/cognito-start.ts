/** Sends the browser on to Cognito. A link and no form: a page's policy lets forms lead to the shop alone. */
import { data, redirect } from 'react-router'
import { beginCognito } from '#src/accounts/cognito/api.ts'
import { type Refusal, refusalOf, visitContext } from '../../loading/visit.ts'
import { ownPath } from '../../paths.ts'
import type { Route } from './+types/cognito-start'

export const loader = async ({ context, url }: Route.LoaderArgs) => {
  const visit = context.get(visitContext)
  const next = ownPath(url.searchParams.get('next'), '/account')
  try {
    const { url: address } = await visit.change(beginCognito, { body: { next } })
    return redirect(address, { status: 303, headers: visit.answerHeaders() })
  } catch (error) {
    const { code, message } = refusalOf(error)
    const status = code === 'not_found' ? 404 : code === 'too_many_requests' ? 429 : 503
    throw data({ code, detail: message } satisfies Refusal, { status })
  }
}
