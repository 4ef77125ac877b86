/** Breadcrumb navigation. */
import { t } from '../texts/texts.ts'

type Props = {
  readonly steps: readonly { readonly label: string; readonly path: string }[]
  readonly here: string
}

export const Breadcrumbs = ({ steps, here }: Props) => (
  <nav aria-label={t.book.breadcrumb} className="pt-5 text-sm">
    <ol className="flex items-center">
      {steps.map(({ label, path }) => (
        <li key={path} className="flex shrink-0 items-center">
          <a href={path} className="link inline-flex min-h-6 items-center">
            {label}
          </a>
          <span aria-hidden="true" className="px-2 text-soft">
            /
          </span>
        </li>
      ))}
      <li aria-current="page" dir="auto" className="truncate text-soft">
        {here}
      </li>
    </ol>
  </nav>
)
