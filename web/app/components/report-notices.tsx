/** What the pages of reports say of the age of what they show, and where there is nothing to show. */
import type { ReportNotice } from '../loading/report-page.server.ts'
import { moment } from '../texts/format.ts'
import { reports } from '../texts/reports.ts'

export type ReportAge = {
  readonly as_of: string
  readonly lag_seconds: number
  readonly time_zone: string
  readonly read_from: 'database' | 'replica'
  readonly replica_lag_seconds: number | null
  /** Whether the shop reads from a replica. */
  readonly has_replica: boolean
}

const replicaText = ({ read_from, replica_lag_seconds: lag, has_replica }: ReportAge): string => {
  if (!has_replica) return ''
  if (lag === null) return read_from === 'replica' ? '' : reports.noReplica
  return read_from === 'replica' ? reports.replica(lag) : reports.heldBack(lag)
}

export const ReportAgeLine = (age: ReportAge) => (
  <p className="mt-2 text-soft text-sm" data-report-age={age.lag_seconds}>
    {reports.asOf(moment(age.as_of, age.time_zone), age.lag_seconds)} {reports.days(age.time_zone)}{' '}
    {replicaText(age)}
  </p>
)

const TITLES: Readonly<Record<string, string>> = {
  reports_off: reports.offTitle,
  reports_unavailable: reports.unavailableTitle,
  invalid_request: reports.invalidTitle,
}

export const ReportNoticeBox = ({ notice }: { readonly notice: ReportNotice }) => (
  <div role="status" className="mt-6 max-w-2xl rounded-sm border border-line bg-raised p-6">
    <h2 className="section-title">{TITLES[notice.code] ?? reports.unavailableTitle}</h2>
    <p>{notice.text}</p>
  </div>
)
