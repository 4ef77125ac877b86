/** Endpoints of the reports, as data. */
import { endpoint } from '../http/endpoint.ts'
import { ReportList, ReportPath, ReportQuery, ReportResult } from './schema.ts'

export const listReports = endpoint({
  id: 'listReports',
  method: 'GET',
  path: '/api/reports',
  summary: 'The reports, and how old what they show is',
  access: 'staff',
  cache: 'private',
  status: 200,
  reply: ReportList,
  errors: ['reports_off', 'reports_unavailable'],
})

export const getReport = endpoint({
  id: 'getReport',
  method: 'GET',
  path: '/api/reports/{name}',
  summary: 'A report with its rows, its statement and how old it is; with format=csv its rows as CSV',
  access: 'staff',
  cache: 'private',
  params: ReportPath,
  query: ReportQuery,
  status: 200,
  reply: ReportResult,
  otherReplies: ['text/csv'],
  errors: ['reports_off', 'reports_unavailable'],
})
