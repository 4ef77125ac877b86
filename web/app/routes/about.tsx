/** About page. */

import { pageContext } from '../loading/page-context.ts'
import { pageMeta } from '../seo/page-meta.ts'
import { about } from '../texts/about.ts'
import { t } from '../texts/texts.ts'
import type { Route } from './+types/about'

export const loader = ({ context }: Route.LoaderArgs) => ({
  canonical: `${context.get(pageContext).origin}/about`,
})

export const meta: Route.MetaFunction = ({ loaderData }) =>
  pageMeta({
    title: about.title,
    description: t.home.description,
    ...(loaderData ? { canonical: loaderData.canonical } : {}),
  })

export default function About() {
  return (
    <div className="prose max-w-2xl py-8">
      <h1 className="page-title">{about.title}</h1>
      {about.text.map(text => (
        <p key={text} className="font-serif text-xl leading-relaxed">
          {text}
        </p>
      ))}
      <h2 className="section-title pt-4">{about.howTitle}</h2>
      <ol className="list-decimal space-y-2 pl-6">
        {about.how.map(step => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </div>
  )
}
