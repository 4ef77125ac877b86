/** Page of one form: on wide screens beside its heading, on phones below it. */
import type { ReactNode } from 'react'

type Props = {
  readonly title: string
  readonly intro?: ReactNode
  /** The form, with its notices. */
  readonly children: ReactNode
  /** Links to other pages, below the heading or the form. */
  readonly links?: readonly { readonly to: string; readonly text: string }[]
}

export const FormPage = ({ title, intro, children, links = [] }: Props) => (
  <div className="form-page">
    <div>
      <h1 className="page-title">{title}</h1>
      {intro && <p className="text-lg text-soft">{intro}</p>}
    </div>
    <div className="form-page-form">{children}</div>
    {links.length > 0 && (
      <p className="flex flex-col items-start gap-2">
        {links.map(({ to, text }) => (
          <a key={to} href={to} className="link inline-flex min-h-6 items-center">
            {text}
          </a>
        ))}
      </p>
    )}
  </div>
)
