/** Names of the reports and of their parameters: all that endpoints, OpenAPI and pages know of them without loading the statements. */
import type { ParameterName } from './statement.ts'

/** In the order in which they are listed. */
export const REPORT_NAMES = [
  'sales',
  'sales-by-category',
  'sales-by-author',
  'sales-by-book',
  'best-sellers',
  'bought-together',
  'slow-movers',
  'days-of-stock',
  'stock-value',
  'revenue',
  'tax',
  'customers',
  'cohorts',
  'carts',
  'money',
  'money-due',
  'searches',
  'searches-without-result',
] as const
export type ReportName = (typeof REPORT_NAMES)[number]

/** Parameters that a caller may choose, in the order of the form. */
export const CHOICES = ['from', 'to', 'unit', 'category', 'currency'] as const satisfies ParameterName[]
export type Choice = (typeof CHOICES)[number]
