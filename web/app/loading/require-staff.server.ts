/** The door to the pages of staff. The shop asks again at each of their calls: this is for what the page says. */
import { data, redirect } from 'react-router'
import { whoAmI } from '#src/accounts/api.ts'
import { signInPath } from '../paths.ts'
import type { PageContext, RouteErrorData } from './page-context.ts'

/**
 * Lets staff with a second factor in. Who is not signed in is sent to, staff without a second factor to set one up; for
 * everybody else there is no such page.
 */
export const requireStaff = async (ctx: PageContext, { pathname, search }: URL): Promise<void> => {
  const { signed_in, role, second_factor } = await ctx.readPrivate(whoAmI, {})
  const here = `${pathname}${search}`
  if (!signed_in) throw redirect(signInPath(here), 303)
  if (role !== 'staff' && role !== 'admin')
    throw data({ code: 'not_found', detail: '' } satisfies RouteErrorData, { status: 404 })
  if (!second_factor) throw redirect(`/account/two-factor?${new URLSearchParams({ next: here })}`, 303)
}
