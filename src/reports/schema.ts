/** Schemas of the reports: what can be asked, and what is answered. */
import * as z from 'zod'
import { dayOf } from '../core/ids.ts'
import { CHOICES, REPORT_NAMES } from './names.ts'

const isDay = (day: string): boolean => {
  const time = Date.parse(day)
  return !Number.isNaN(time) && dayOf(new Date(time)) === day
}

const Day = z
  .string()
  .regex(/^[12]\d{3}-\d{2}-\d{2}$/, { error: 'must be a day, for example 2026-05-31' })
  .refine(isDay, { error: 'must be a day, for example 2026-05-31' })

export const ReportPath = z.object({ name: z.enum(REPORT_NAMES).describe('Name of the report.') })

export const ReportQuery = z.strictObject({
  from: Day.optional().describe(
    'First day, in the shop’s time zone; 29 days before `to` by default, 11 months before it for months.',
  ),
  to: Day.optional().describe('Last day, included; today by default.'),
  unit: z.enum(['day', 'week', 'month']).optional().describe('Weeks begin on Monday.'),
  category: z.string().min(1).max(200).optional().describe('Only books of this category.'),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, { error: 'must be a currency code, for example EUR' })
    .optional()
    .describe('Only amounts in this currency; the shop’s by default.'),
  format: z.enum(['json', 'csv']).optional().describe('json by default.'),
})
export type ReportQuery = z.output<typeof ReportQuery>

const Age = {
  time_zone: z.string().describe('Of days, weeks and months.'),
  as_of: z.iso.datetime().describe('Everything that was written before is in the rows.'),
  lag_seconds: z.number().describe('How long ago that was.'),
  read_from: z
    .enum(['database', 'replica'])
    .describe('The database of DATABASE_URL, or the replica of DATABASE_READ_URL.'),
  has_replica: z.boolean().describe('Whether DATABASE_READ_URL is set.'),
  replica_lag_seconds: z
    .number()
    .nullable()
    .describe(
      'How far the replica is behind; null without one. A replica that is more than 30 seconds behind is not read.',
    ),
}

const Parameter = z.object({ name: z.string(), value: z.string().nullable() })

export const ReportResult = z
  .object({
    name: z.enum(REPORT_NAMES),
    title: z.string(),
    summary: z.string(),
    ...Age,
    currency: z.string(),
    decimals: z.int().describe('Decimals of the currency: amounts are in its minor units.'),
    choices: z.array(z.enum(CHOICES)).describe('The parameters that this report has.'),
    from: z.string(),
    to: z.string(),
    unit: z.enum(['day', 'week', 'month']),
    category: z.string().nullable(),
    columns: z.array(
      z.object({
        name: z.string(),
        title: z.string(),
        kind: z.enum(['text', 'count', 'money', 'percent', 'day']).describe('`money` is in minor units.'),
      }),
    ),
    rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
    chart: z
      .object({
        kind: z.enum(['time', 'ranking', 'totals']),
        label: z.string(),
        values: z.array(z.string()),
        only_zero: z.string().nullable(),
      })
      .describe('How the staff page draws it.'),
    sql: z.string().describe('The statement that was run.'),
    parameters: z.array(Parameter).describe('`$1`, `$2` … of the statement.'),
  })
  .meta({ id: 'ReportResult' })
export type ReportResult = z.output<typeof ReportResult>

export const ReportList = z
  .object({
    items: z.array(
      z.object({
        name: z.enum(REPORT_NAMES),
        title: z.string(),
        summary: z.string(),
        choices: z.array(z.enum(CHOICES)),
      }),
    ),
    ...Age,
  })
  .meta({ id: 'ReportList' })
