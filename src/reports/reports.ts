/** All reports by their names, in the order in which they are listed. */
import { ORDER_REPORTS } from './order-reports.ts'
import type { Report } from './report.ts'
import { SALES_REPORTS } from './sales-reports.ts'
import { SEARCH_REPORTS } from './search-reports.ts'
import { STOCK_REPORTS } from './stock-reports.ts'

const { revenue, tax, customers, cohorts, carts } = ORDER_REPORTS

export const REPORTS = {
  ...SALES_REPORTS,
  ...STOCK_REPORTS,
  revenue,
  tax,
  customers,
  cohorts,
  carts,
  ...SEARCH_REPORTS,
} as const satisfies Record<string, Report>

export type ReportName = keyof typeof REPORTS
export const REPORT_NAMES = Object.keys(REPORTS) as [ReportName, ...ReportName[]]
export const findReport = (name: ReportName): Report => REPORTS[name]
