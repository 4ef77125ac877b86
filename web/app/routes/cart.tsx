/** Cart page: lines, changes and totals. */
import { data, redirect, replace } from 'react-router'
import { cartAmounts } from '#src/cart/amounts.ts'
import { getCart } from '#src/cart/api.ts'
import { CartLine } from '../components/cart-line.tsx'
import { RemovedNotice } from '../components/removed-notice.tsx'
import { Totals } from '../components/totals.tsx'
import { useDay } from '../components/use-shop.ts'
import { changeCart } from '../forms/cart-change.server.ts'
import { pageContext } from '../loading/page-context.ts'
import { readRemovedBook, removedLinePath } from '../loading/removed-line.server.ts'
import { revalidateAfterAction } from '../loading/revalidate.ts'
import { pageMeta } from '../seo/page-meta.ts'
import { t } from '../texts/texts.ts'
import type { Route } from './+types/cart'

export const loader = async ({ context, url }: Route.LoaderArgs) => {
  const ctx = context.get(pageContext)
  const cart = await ctx.readPrivate(getCart, {})
  const ids = cart.items.map(({ book_id }) => book_id)
  return { cart, removed: await readRemovedBook(ctx, url, ids) }
}

export const action = async ({ context, request }: Route.ActionArgs) => {
  const ctx = context.get(pageContext)
  const answer = await changeCart(ctx, await request.formData())
  const headers = ctx.responseHeaders()
  if ('problem' in answer) return data(answer, { status: answer.problem.status, headers })
  // Without scripts the browser is redirected to the cart; with scripts the fetcher shows the result.
  const isScripted = new URL(request.url).pathname.endsWith('.data')
  if (answer.removed) {
    const path = removedLinePath(answer.removed)
    return isScripted ? replace(path, { headers }) : redirect(path, { status: 303, headers })
  }
  return isScripted ? data(answer, { headers }) : redirect('/cart', { status: 303, headers })
}

export const shouldRevalidate = revalidateAfterAction

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: t.cart.title })

export default function Cart({ loaderData: { cart, removed }, actionData }: Route.ComponentProps) {
  const day = useDay()
  const problem = actionData && 'problem' in actionData ? actionData.problem : undefined
  if (cart.items.length === 0)
    return (
      <div className="prose py-8">
        <h1 className="page-title">{t.cart.title}</h1>
        {problem && (
          <p role="alert" className="notice-bad">
            {problem.text}
          </p>
        )}
        {removed && <RemovedNotice {...removed} />}
        <p className="text-lg">{t.cart.empty}</p>
        <p>
          <a href="/" className="button">
            {t.shop.continueShopping}
          </a>
        </p>
        <p className="text-soft">
          <a href="/orders" className="link">
            {t.cart.justOrdered}
          </a>
        </p>
      </div>
    )
  return (
    <div className="py-8">
      <h1 className="page-title">{t.cart.title}</h1>
      {problem && !cart.items.some(item => item.book_id === problem.bookId) && (
        <p role="alert" className="notice-bad mt-4">
          {problem.text}
        </p>
      )}
      {removed && <RemovedNotice {...removed} />}
      <div className="mt-6 grid items-start gap-x-14 gap-y-10 lg:grid-cols-[1fr_20rem]">
        <ul className="border-line border-t">
          {cart.items.map(item => (
            <CartLine
              key={item.book_id}
              item={item}
              problem={item.book_id === problem?.bookId ? problem.text : undefined}
            />
          ))}
        </ul>
        <section aria-labelledby="summary" className="panel">
          <h2 id="summary" className="section-title">
            {t.cart.summary}
          </h2>
          <Totals amounts={cartAmounts(cart)} currency={cart.currency} />
          {cart.can_check_out ? (
            <a href="/checkout" className="button mt-6 h-12 w-full">
              {t.cart.checkout}
            </a>
          ) : (
            <p className="mt-6 text-warn">{t.cart.unavailable}</p>
          )}
          {cart.expires_at && (
            <p className="mt-4 text-sm text-soft">{t.cart.savedUntil(day(cart.expires_at))}</p>
          )}
        </section>
      </div>
    </div>
  )
}
