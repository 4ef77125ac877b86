/** Page of one report: filters, chart, table, its SQL, and how old it is. */
import { data } from 'react-router'
import { listCategories } from '#src/catalog/api.ts'
import { getReport } from '#src/reports/api.ts'
import { ReportPath } from '#src/reports/schema.ts'
import { ReportChart } from '../../components/report-chart.tsx'
import { ReportForm } from '../../components/report-form.tsx'
import { ReportAgeLine, ReportNoticeBox } from '../../components/report-notices.tsx'
import { ReportTable } from '../../components/report-table.tsx'
import { pageContext, type RouteErrorData } from '../../loading/page-context.ts'
import { toReportNotice } from '../../loading/report-page.server.ts'
import { toReportView } from '../../loading/report-view.server.ts'
import { requireStaff } from '../../loading/require-staff.server.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { reports } from '../../texts/reports.ts'
import type { Route } from './+types/report'

const FILTERS = ['from', 'to', 'unit', 'category', 'currency'] as const

export const loader = async ({ context, params, url }: Route.LoaderArgs) => {
  const ctx = context.get(pageContext)
  await requireStaff(ctx, url)
  const path = ReportPath.safeParse(params)
  if (!path.success) throw data({ code: 'not_found', detail: '' } satisfies RouteErrorData, { status: 404 })
  // A field that was left empty is a filter that was not set. What is wrong in the others, the API says.
  const query = Object.fromEntries(
    FILTERS.flatMap(name => {
      const value = url.searchParams.get(name)?.trim()
      return value ? [[name, value]] : []
    }),
  )
  try {
    const [report, { items }] = await Promise.all([
      ctx.call(getReport, { params: path.data, query }),
      ctx.read(listCategories, {}),
    ])
    const names = items.map(({ category }) => category)
    const categories =
      report.category === null || names.includes(report.category) ? names : [report.category, ...names]
    return { report: toReportView(report), categories, notice: undefined }
  } catch (error) {
    const { notice, status } = toReportNotice(error, url)
    return data({ report: undefined, categories: [], notice }, { status })
  }
}

export const meta: Route.MetaFunction = ({ loaderData, matches }) =>
  pageMeta(matches, { title: loaderData?.report?.title ?? reports.title })

export default function StaffReport({ loaderData }: Route.ComponentProps) {
  const { report, categories, notice } = loaderData
  const { title } = report ?? reports
  return (
    <div className="py-8">
      <p className="text-sm">
        <a href="/staff/reports" className="link inline-flex min-h-6 items-center">
          {reports.back}
        </a>
      </p>
      <h1 className="page-title mt-2">{title}</h1>
      {notice && <ReportNoticeBox notice={notice} />}
      {report && (
        <>
          <p className="max-w-3xl text-lg text-soft">{report.summary}</p>
          <ReportForm key={`${report.name} ${report.csv}`} report={report} categories={categories} />
          <ReportAgeLine {...report} />
          {report.chart && (
            <ReportChart id="chart" title={title} chart={report.chart} legend={report.legend} />
          )}
          <div className="mt-6 flex flex-wrap items-baseline justify-between gap-3">
            <p role="status" className="text-soft">
              {report.rows.length === 0 ? reports.nothing : reports.rows(report.rows.length)}
            </p>
            <a href={report.csv} download className="link inline-flex min-h-6 items-center">
              {reports.csv}
            </a>
          </div>
          {report.rows.length > 0 && <ReportTable {...report} />}
          <details className="mt-8">
            <summary className="cursor-pointer font-semibold">{reports.sql}</summary>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, also by keyboard */}
            <pre className="report-sql mt-3" tabIndex={0}>
              {report.sql}
            </pre>
            <h2 className="mt-3 font-semibold">{reports.parameters}</h2>
            <ul className="mt-1 font-mono text-sm">
              {report.parameters.map(({ name, value }, i) => (
                <li key={name}>
                  ${i + 1} {name}: {value ?? reports.nullValue}
                </li>
              ))}
            </ul>
          </details>
        </>
      )}
    </div>
  )
}
