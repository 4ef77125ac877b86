/** Dashboard of the reports: the last thirty days at a glance, and the list of all reports. */
import { data } from 'react-router'
import { getReport, listReports } from '#src/reports/api.ts'
import type { ReportResult } from '#src/reports/schema.ts'
import { ReportChart } from '../../components/report-chart.tsx'
import { ReportAgeLine, ReportNoticeBox } from '../../components/report-notices.tsx'
import { type PageContext, pageContext } from '../../loading/page-context.ts'
import { toReportNotice } from '../../loading/report-page.server.ts'
import { cellText, toReportView } from '../../loading/report-view.server.ts'
import { requireStaff } from '../../loading/require-staff.server.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { reports } from '../../texts/reports.ts'
import { staff } from '../../texts/staff.ts'
import type { Route } from './+types/reports'

const TOP = 5
const FIGURES = ['orders', 'copies', 'sales_minor', 'cancelled_minor'] as const

/** The sums of the columns of a report, as text. */
const totals = (report: ReportResult) =>
  FIGURES.flatMap(name => {
    const at = report.columns.findIndex(column => column.name === name)
    const column = report.columns[at]
    const total = report.rows.reduce((sum, row) => sum + Number(row[at] ?? 0), 0)
    return column ? [{ title: column.title, text: cellText(report, column, total) }] : []
  })

/** The first books of a report, each with the value of a column. */
const topBooks = (report: ReportResult, name: string) => {
  const at = (column: string): number => report.columns.findIndex(one => one.name === column)
  const column = report.columns[at(name)]
  return report.rows.slice(0, TOP).map(row => ({
    id: String(row[at('book_id')]),
    title: String(row[at('title')]),
    value: column ? cellText(report, column, row[at(name)] ?? null) : '',
  }))
}

const readDashboard = async ({ call }: PageContext) => {
  const [{ items }, sales, best, stock] = await Promise.all([
    call(listReports, {}),
    call(getReport, { params: { name: 'sales' } }),
    call(getReport, { params: { name: 'best-sellers' } }),
    call(getReport, { params: { name: 'days-of-stock' } }),
  ])
  const { as_of, lag_seconds, time_zone, read_from, replica_lag_seconds, has_replica, chart, title } =
    toReportView(sales)
  return {
    items,
    age: { as_of, lag_seconds, time_zone, read_from, replica_lag_seconds, has_replica },
    chart,
    title,
    figures: totals(sales),
    best: topBooks(best, 'copies').map(one => ({ ...one, value: reports.copiesOf(one.value) })),
    runningOut: topBooks(stock, 'days_left').map(one => ({ ...one, value: reports.daysLeft(one.value) })),
  }
}

export const loader = async ({ context, url }: Route.LoaderArgs) => {
  const ctx = context.get(pageContext)
  await requireStaff(ctx, url)
  try {
    return { dashboard: await readDashboard(ctx), notice: undefined }
  } catch (error) {
    const { notice, status } = toReportNotice(error, url)
    return data({ dashboard: undefined, notice }, { status })
  }
}

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: reports.title })

type Books = Route.ComponentProps['loaderData']['dashboard'] extends infer D
  ? D extends { readonly best: infer B }
    ? B
    : never
  : never

const BookList = ({ title, report, books }: { title: string; report: string; books: Books }) => (
  <section>
    <h3 className="font-semibold">
      <a href={`/staff/reports/${report}`} className="link inline-flex min-h-6 items-center">
        {title}
      </a>
    </h3>
    {books.length === 0 && <p className="mt-2 text-soft">{reports.nothing}</p>}
    <ul className="mt-2 border-line border-t">
      {books.map(({ id, title: name, value }) => (
        <li key={id} className="border-line border-b">
          <a href={`/staff/books/${encodeURIComponent(id)}`} className="order-row">
            <span className="min-w-0 truncate">{name}</span>
            <span className="shrink-0 tabular-nums">{value}</span>
          </a>
        </li>
      ))}
    </ul>
  </section>
)

export default function StaffReports({ loaderData }: Route.ComponentProps) {
  const { dashboard, notice } = loaderData
  return (
    <div className="py-8">
      <p className="text-sm">
        <a href="/staff" className="link inline-flex min-h-6 items-center">
          {staff.backToDashboard}
        </a>
      </p>
      <h1 className="page-title mt-2">{reports.title}</h1>
      {notice && <ReportNoticeBox notice={notice} />}
      {dashboard && (
        <>
          <ReportAgeLine {...dashboard.age} />
          <section aria-labelledby="last-days" className="mt-6">
            <h2 id="last-days" className="section-title">
              {reports.lastDays}
            </h2>
            <dl className="grid grid-cols-2 gap-5 sm:grid-cols-4">
              {dashboard.figures.map(({ title, text }) => (
                <div key={title}>
                  <dt className="text-soft text-sm">{title}</dt>
                  <dd className="font-serif text-2xl tabular-nums">{text}</dd>
                </div>
              ))}
            </dl>
            {dashboard.chart && <ReportChart id="sales" title={dashboard.title} chart={dashboard.chart} />}
            <p className="mt-2 text-sm">
              <a href="/staff/reports/sales" className="link inline-flex min-h-6 items-center">
                {reports.more(dashboard.title)}
              </a>
            </p>
            <div className="mt-6 grid gap-10 sm:grid-cols-2">
              <BookList title={reports.top} report="best-sellers" books={dashboard.best} />
              <BookList title={reports.runningOut} report="days-of-stock" books={dashboard.runningOut} />
            </div>
          </section>
          <section aria-labelledby="all" className="mt-12">
            <h2 id="all" className="section-title">
              {reports.all}
            </h2>
            <ul className="grid gap-x-10 gap-y-5 sm:grid-cols-2">
              {dashboard.items.map(({ name, title, summary }) => (
                <li key={name}>
                  <a
                    href={`/staff/reports/${name}`}
                    className="link inline-flex min-h-6 items-center font-semibold"
                  >
                    {title}
                  </a>
                  <p className="text-soft text-sm">{summary}</p>
                </li>
              ))}
            </ul>
          </section>
        </>
      )}
    </div>
  )
}
