/** About page. */

import { hasLetterhead, Letterhead } from '../components/letterhead.tsx'
import { useShop } from '../components/use-shop.ts'
import { pageContext } from '../loading/page-context.ts'
import { shopDataOf } from '../loading/shop-data.ts'
import { pageMeta } from '../seo/page-meta.ts'
import { shopJsonLd } from '../seo/shop-json-ld.server.ts'
import { about } from '../texts/about.ts'
import { t } from '../texts/texts.ts'
import type { Route } from './+types/about'

export const loader = ({ context }: Route.LoaderArgs) => {
  const { origin, shop } = context.get(pageContext)
  return { canonical: `${origin}/about`, jsonLd: [shopJsonLd(shop, origin)] }
}

export const meta: Route.MetaFunction = ({ loaderData, matches }) =>
  pageMeta(matches, {
    title: about.title,
    description: t.home.description(shopDataOf(matches).isInvoiceOnly),
    ...(loaderData ? loaderData : {}),
  })

export default function About() {
  const shop = useShop()
  return (
    <div className="prose max-w-2xl py-8">
      <h1 className="page-title">{about.title}</h1>
      {about.text(shop.name, shop.isInvoiceOnly).map(text => (
        <p key={text} className="font-serif text-xl leading-relaxed">
          {text}
        </p>
      ))}
      <h2 className="section-title pt-4">{about.howTitle}</h2>
      <ol className="list-decimal space-y-2 pl-6">
        {about.how(shop.isInvoiceOnly).map(step => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      {(hasLetterhead(shop) || shop.taxId !== undefined) && (
        <section aria-labelledby="contact">
          <h2 id="contact" className="section-title pt-4">
            {t.shop.contact}
          </h2>
          <Letterhead className="space-y-1" />
          {shop.taxId !== undefined && (
            <p className="mt-4">
              {t.shop.taxId}: {shop.taxId}
            </p>
          )}
        </section>
      )}
    </div>
  )
}
