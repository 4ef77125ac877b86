/** Download of the personal data: takes the form of the data page, and answers with the file or leads back. */
import { redirect } from 'react-router'
import { exportMe } from '#src/privacy/api.ts'
import { pageContext, toShopError } from '../../loading/page-context.ts'
import { signInPath } from '../../paths.ts'
import type { Route } from './+types/data-file'

const PAGE = '/account/data'
const FILE_NAME = 'cloudshelf-my-data.json'

export const loader = () => redirect(PAGE, 303)

export const action = async ({ context, request }: Route.ActionArgs) => {
  const ctx = context.get(pageContext)
  const sent = (await request.formData()).get('current_password')
  try {
    const body = sent === null ? {} : { password: String(sent).slice(0, 400) }
    const file = JSON.stringify(await ctx.call(exportMe, { body }), undefined, 2)
    const headers = ctx.responseHeaders()
    headers.set('content-type', 'application/json')
    headers.set('content-disposition', `attachment; filename="${FILE_NAME}"`)
    headers.set('cache-control', 'no-store')
    return new Response(file, { headers })
  } catch (error) {
    const { code } = toShopError(error)
    const back =
      code === 'not_signed_in' ? signInPath(PAGE) : `${PAGE}?${new URLSearchParams({ refused: code })}`
    return redirect(back, { status: 303, headers: ctx.responseHeaders() })
  }
}
