/**
 * Access check of the staff pages. The API authorizes every call by itself; this decides what the page shows.
 */
import { data, redirect } from 'react-router'
import { whoAmI } from '#src/accounts/api.ts'
import { getHealth } from '#src/health/api.ts'
import { signInPath } from '../paths.ts'
import type { PageContext, RouteErrorData } from './page-context.ts'

/** What all staff pages show. */
export type StaffContext = {
  /** Whether the shop was restored from a backup and sends no mail yet. */
  readonly isQuiet: boolean
}

/**
 * Allows staff with a second factor. Redirects anonymous visitors to sign-in, and staff without a second
 * factor to its setup; throws a 404 for everyone else.
 */
export const requireStaff = async (ctx: PageContext, { pathname, search }: URL): Promise<StaffContext> => {
  const { signed_in, role, second_factor } = await ctx.readPrivate(whoAmI, {})
  const here = `${pathname}${search}`
  if (!signed_in) throw redirect(signInPath(here), 303)
  if (role !== 'staff' && role !== 'admin')
    throw data({ code: 'not_found', detail: '' } satisfies RouteErrorData, { status: 404 })
  if (!second_factor) throw redirect(`/account/two-factor?${new URLSearchParams({ next: here })}`, 303)
  return { isQuiet: (await ctx.readPrivate(getHealth, {})).quiet }
}
