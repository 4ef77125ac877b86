/** Page that emails a link to an order, for customers on another device. */

import { data, Form } from 'react-router'
import { truncate } from '#src/core/truncate.ts'
import { lookUpOrder } from '#src/orders/api.ts'
import { TextField } from '../components/fields.tsx'
import { FormPage } from '../components/form-page.tsx'
import { retryMessageFor } from '../forms/retry-message.server.ts'
import { pageContext, toShopError } from '../loading/page-context.ts'
import { pageMeta } from '../seo/page-meta.ts'
import { t } from '../texts/texts.ts'
import type { Route } from './+types/find-order'

const MAX_LENGTH = 320

/** The number of an order that leads here. */
export const loader = ({ url }: Route.LoaderArgs) => ({
  number: truncate(url.searchParams.get('order') ?? '', MAX_LENGTH),
})

/** The response does not reveal whether the order exists. */
export const action = async ({ context, request }: Route.ActionArgs) => {
  const form = await request.formData()
  const text = (name: string) => truncate(String(form.get(name) ?? '').trim(), MAX_LENGTH)
  const typed = { order_id: text('order_id'), email: text('email') }
  try {
    await context.get(pageContext).call(lookUpOrder, { body: typed })
    return { isSent: true as const }
  } catch (error) {
    const { code, extra } = toShopError(error)
    if (code !== 'invalid_request') {
      const { text, status } = retryMessageFor(error)
      return data({ isSent: false as const, typed, wrong: [], text }, { status })
    }
    const wrong = ((extra.errors ?? []) as readonly { readonly where: string }[]).map(({ where }) => where)
    return data({ isSent: false as const, typed, wrong, text: t.order.correctFields }, { status: 422 })
  }
}

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: t.order.findTitle })

export default function FindOrder({ loaderData, actionData }: Route.ComponentProps) {
  if (actionData?.isSent)
    return (
      <div className="prose max-w-xl py-8">
        <h1 className="page-title">{t.order.sentTitle}</h1>
        <p className="text-lg" role="status">
          {t.order.sent}
        </p>
        <p>
          <a href="/orders/find" className="button-quiet" rel="external">
            {t.order.findAgain}
          </a>
        </p>
      </div>
    )
  const problem = (name: string, words: string) =>
    actionData?.wrong.includes(`body.${name}`) ? words : undefined
  return (
    <div className="py-8">
      <FormPage title={t.order.findTitle} intro={t.order.findIntro}>
        {actionData && (
          <p role="alert" className="notice-bad mb-6">
            {actionData.text}
          </p>
        )}
        <Form method="post" noValidate>
          <TextField
            name="order_id"
            defaultValue={actionData?.typed.order_id ?? loaderData.number}
            error={problem('order_id', t.order.numberError)}
            label={t.order.number}
            autoComplete="off"
          />
          <TextField
            name="email"
            defaultValue={actionData?.typed.email}
            error={problem('email', t.checkout.emailError)}
            label={t.order.findEmail}
            type="email"
            autoComplete="email"
          />
          <button type="submit" className="button mt-2 h-12 px-7">
            {t.order.findButton}
          </button>
        </Form>
      </FormPage>
    </div>
  )
}
