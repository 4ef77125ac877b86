/** Terms of sale, where the shop has written them. */
import { data } from 'react-router'
import { LegalText } from '../components/legal-text.tsx'
import { renderLegalText } from '../loading/markdown.server.ts'
import { pageContext } from '../loading/page-context.ts'
import { pageMeta } from '../seo/page-meta.ts'
import { terms } from '../texts/about.ts'
import type { Route } from './+types/terms'

export const loader = ({ context }: Route.LoaderArgs) => {
  const { origin, shop } = context.get(pageContext)
  if (shop.terms === undefined) throw data(null, { status: 404 })
  return { canonical: `${origin}/terms`, text: renderLegalText(shop.terms, terms.title) }
}

export const meta: Route.MetaFunction = ({ loaderData, matches }) =>
  pageMeta(matches, {
    title: loaderData?.text.title ?? terms.title,
    ...(loaderData ? { canonical: loaderData.canonical } : {}),
  })

export default function Terms({ loaderData: { text } }: Route.ComponentProps) {
  return <LegalText {...text} />
}
