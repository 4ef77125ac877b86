/** Table of a report, which scrolls sideways where it is wider than the window. */
import type { ReportView } from '../loading/report-view.server.ts'
import { reports } from '../texts/reports.ts'

export const ReportTable = ({ title, columns, rows }: Pick<ReportView, 'title' | 'columns' | 'rows'>) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, also by keyboard
  <section className="report-scroll mt-2" aria-label={reports.tableOf(title)} tabIndex={0}>
    <table className="report-table">
      <thead>
        <tr>
          {columns.map(({ name, title: heading, isNumber }) => (
            <th key={name} scope="col" className={isNumber ? 'text-right' : undefined}>
              {heading}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(row => (
          <tr key={row.join('\n')}>
            {row.map((cell, i) => (
              <td
                key={columns[i]?.name}
                className={columns[i]?.isNumber ? 'text-right tabular-nums' : undefined}
              >
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </section>
)
