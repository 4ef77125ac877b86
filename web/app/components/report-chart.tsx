/** Chart of a report as SVG, drawn from geometry that the server has computed. A table with the same numbers is beside it. */
import type { ChartDrawing } from '../charts/draw.server.ts'
import { reports } from '../texts/reports.ts'

type Props = {
  /** Unique on the page. */
  readonly id: string
  readonly title: string
  readonly chart: ChartDrawing
  readonly legend?: readonly string[]
}

export const ReportChart = ({ id, title, chart, legend = [] }: Props) => (
  <figure className="mt-6">
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: on phones it scrolls sideways, also by keyboard */}
    <section className="report-scroll" aria-label={reports.chartOf(title)} tabIndex={0}>
      <svg
        viewBox={`0 0 ${chart.width} ${chart.height}`}
        className="report-chart"
        role="img"
        aria-labelledby={`${id}-title ${id}-desc`}
      >
        <title id={`${id}-title`}>{title}</title>
        <desc id={`${id}-desc`}>{reports.chartDescription(chart.rects.length)}</desc>
        {chart.lines.map(([x1, y1, x2, y2]) => (
          <line key={`${x1} ${y1} ${x2}`} x1={x1} y1={y1} x2={x2} y2={y2} className="chart-line" />
        ))}
        {chart.rects.map(({ x, y, width, height, series, title: text }) => (
          <rect
            key={`${x} ${y} ${series} ${text}`}
            x={x}
            y={y}
            width={width}
            height={height}
            className={`chart-bar chart-bar-${series}`}
          >
            <title>{text}</title>
          </rect>
        ))}
        {chart.texts.map(({ x, y, text, anchor }) => (
          <text key={`${x} ${y} ${text}`} x={x} y={y} textAnchor={anchor}>
            {text}
          </text>
        ))}
      </svg>
    </section>
    {legend.length > 0 && (
      <figcaption className="mt-2 flex flex-wrap gap-5 text-sm">
        {legend.map((text, series) => (
          <span key={text} className="inline-flex items-center gap-2">
            <svg viewBox="0 0 12 12" className="size-3" aria-hidden="true">
              <rect width="12" height="12" className={`chart-bar chart-bar-${series}`} />
            </svg>
            {text}
          </span>
        ))}
      </figcaption>
    )}
  </figure>
)
