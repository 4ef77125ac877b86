/** Filters of a report: a form whose values are in the address. */
import { Form } from 'react-router'
import type { ReportView } from '../loading/report-view.server.ts'
import { reports } from '../texts/reports.ts'

type Props = {
  readonly report: Pick<ReportView, 'choices' | 'from' | 'to' | 'unit' | 'category' | 'currency'>
  readonly categories: readonly string[]
}

export const ReportForm = ({ report, categories }: Props) => {
  const { choices, from, to, unit, category, currency } = report
  const has = (name: (typeof choices)[number]): boolean => choices.includes(name)
  return (
    <Form className="mt-6 flex flex-wrap items-end gap-3">
      {(['from', 'to'] as const).filter(has).map(name => (
        <div key={name}>
          <label htmlFor={`report-${name}`} className="label">
            {reports[name]}
          </label>
          <input
            id={`report-${name}`}
            name={name}
            type="date"
            defaultValue={name === 'from' ? from : to}
            className="field h-11"
          />
        </div>
      ))}
      {has('unit') && (
        <div>
          <label htmlFor="report-unit" className="label">
            {reports.unit}
          </label>
          <select id="report-unit" name="unit" defaultValue={unit} className="field h-11">
            {(['day', 'week', 'month'] as const).map(one => (
              <option key={one} value={one}>
                {reports.units[one]}
              </option>
            ))}
          </select>
        </div>
      )}
      {has('category') && (
        <div>
          <label htmlFor="report-category" className="label">
            {reports.category}
          </label>
          <select
            id="report-category"
            name="category"
            defaultValue={category ?? ''}
            className="field h-11 max-w-60"
          >
            <option value="">{reports.allCategories}</option>
            {categories.map(one => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </div>
      )}
      {has('currency') && (
        <div>
          <label htmlFor="report-currency" className="label">
            {reports.currency}
          </label>
          <input
            id="report-currency"
            name="currency"
            defaultValue={currency}
            size={4}
            maxLength={3}
            autoComplete="off"
            className="field h-11"
          />
        </div>
      )}
      <button type="submit" className="button">
        {reports.show}
      </button>
    </Form>
  )
}
