/** All reports by their names; loaded with the first report that is asked for. */

import { MONEY_REPORTS } from './money-reports.ts'
import type { ReportName } from './names.ts'
import { ORDER_REPORTS } from './order-reports.ts'
import type { Report } from './report.ts'
import { SALES_REPORTS } from './sales-reports.ts'
import { SEARCH_REPORTS } from './search-reports.ts'
import { STOCK_REPORTS } from './stock-reports.ts'

const REPORTS: Readonly<Record<ReportName, Report>> = {
  ...SALES_REPORTS,
  ...STOCK_REPORTS,
  ...ORDER_REPORTS,
  ...MONEY_REPORTS,
  ...SEARCH_REPORTS,
}

export const findReport = (name: ReportName): Report => REPORTS[name]
