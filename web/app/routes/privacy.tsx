/** Privacy policy of the shop; where it has written none, what the software stores about its visitors. */

import { LegalText } from '../components/legal-text.tsx'
import { renderLegalText } from '../loading/markdown.server.ts'
import { pageContext } from '../loading/page-context.ts'
import { pageMeta } from '../seo/page-meta.ts'
import { privacy } from '../texts/about.ts'
import type { Route } from './+types/privacy'

export const loader = ({ context }: Route.LoaderArgs) => {
  const { origin, shop } = context.get(pageContext)
  return {
    canonical: `${origin}/privacy`,
    text: shop.privacy === undefined ? undefined : renderLegalText(shop.privacy, privacy.title),
  }
}

export const meta: Route.MetaFunction = ({ loaderData, matches }) =>
  pageMeta(matches, {
    title: loaderData?.text?.title ?? privacy.dataTitle,
    ...(loaderData ? { canonical: loaderData.canonical } : {}),
  })

export default function Privacy({ loaderData: { text } }: Route.ComponentProps) {
  if (text !== undefined) return <LegalText {...text} />
  return (
    <div className="prose max-w-2xl py-8">
      <h1 className="page-title">{privacy.dataTitle}</h1>
      {privacy.text.map(text => (
        <p key={text} className="font-serif text-xl leading-relaxed">
          {text}
        </p>
      ))}
    </div>
  )
}
