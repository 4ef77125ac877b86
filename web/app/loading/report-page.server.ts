/** What the pages of reports show where PostgreSQL has no answer: the shop's own sentence, and the status of the page. */
import { data, redirect } from 'react-router'
import type { ShopError } from '#src/core/errors.ts'
import { signInPath } from '../paths.ts'
import { type RouteErrorData, toShopError } from './page-context.ts'

export type ReportNotice = { readonly code: string; readonly text: string }

const STATUS: Readonly<Record<string, number>> = {
  reports_off: 200,
  reports_unavailable: 503,
  invalid_request: 400,
}

/**
 * The notice and status of an error that the page itself explains. Redirects to sign-in where the session has ended; throws everything
 * else for the error page.
 */
export const toReportNotice = (
  error: unknown,
  { pathname, search }: URL,
): { readonly notice: ReportNotice; readonly status: number } => {
  const { code, message }: ShopError = toShopError(error)
  const status = STATUS[code]
  if (status !== undefined) return { notice: { code, text: message }, status }
  if (code === 'not_signed_in') throw redirect(signInPath(`${pathname}${search}`), 303)
  throw data({ code, detail: message } satisfies RouteErrorData, { status: 503 })
}
