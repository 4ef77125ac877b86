/** Handlers of the endpoints of reports. What runs them is loaded with the first request, and only where there is PostgreSQL. */
import { ShopError } from '../core/errors.ts'
import { type Route, route, TextReply } from '../http/route.ts'
import { getReport, listReports } from './api.ts'
import { toCsv } from './csv.ts'
import type { ReportDeps, Reports } from './service.ts'

/** `sql` is undefined without DATABASE_URL. */
export type ReportRouteDeps = Omit<ReportDeps, 'sql'> & { readonly sql: ReportDeps['sql'] | undefined }

export const reportRoutes = (deps: ReportRouteDeps): Route[] => {
  const { sql } = deps
  let opened: Promise<Reports> | undefined
  const open = (): Promise<Reports> => {
    if (!sql)
      throw new ShopError(
        'reports_off',
        'Reports need PostgreSQL, which this shop runs without. Set DATABASE_URL=embedded, or to a database of your own, and start the shop again.',
      )
    opened ??= import('./service.ts').then(({ createReports }) => createReports({ ...deps, sql }))
    return opened
  }
  return [
    route(listReports, async () => (await open()).list()),
    route(getReport, async ({ params, query, responseHeaders }) => {
      const result = await (await open()).run(params.name, query)
      if (query.format !== 'csv') return result
      const file = `${result.name}-${result.from}-${result.to}.csv`
      responseHeaders.set('content-disposition', `attachment; filename="${file}"`)
      return new TextReply('text/csv; charset=utf-8', toCsv(result))
    }),
  ]
}
