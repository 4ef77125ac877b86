/** Privacy page. */

import { pageContext } from '../loading/page-context.ts'
import { pageMeta } from '../seo/page-meta.ts'
import { privacy } from '../texts/about.ts'
import type { Route } from './+types/privacy'

export const loader = ({ context }: Route.LoaderArgs) => ({
  canonical: `${context.get(pageContext).origin}/privacy`,
})

export const meta: Route.MetaFunction = ({ loaderData }) =>
  pageMeta({ title: privacy.title, ...(loaderData ? { canonical: loaderData.canonical } : {}) })

export default function Privacy() {
  return (
    <div className="prose max-w-2xl py-8">
      <h1 className="page-title">{privacy.title}</h1>
      {privacy.text.map(text => (
        <p key={text} className="font-serif text-xl leading-relaxed">
          {text}
        </p>
      ))}
    </div>
  )
}
