/** Finds an order by its number and its e-mail address, for whoever is at another device now. */
import { data, Form } from 'react-router'
import { lookUpOrder } from '../../../src/orders/api.ts'
import { TextField } from '../parts/fields.tsx'
import { OrderSheet } from '../parts/order-sheet.tsx'
import { PrintButton } from '../parts/print-button.tsx'
import { OrderLife } from '../parts/status-mark.tsx'
import { pageMeta } from '../shop/page-meta.ts'
import { refusalOf, visitContext } from '../shop/visit.ts'
import { day } from '../texts/format.ts'
import { t } from '../texts/texts.ts'
import type { Route } from './+types/find-order'

const NOT_FOUND = new Set(['order_not_found', 'invalid_request'])

export const action = async ({ context, request }: Route.ActionArgs) => {
  const form = await request.formData()
  const [order_id, email] = ['order_id', 'email'].map(name =>
    String(form.get(name) ?? '')
      .trim()
      .slice(0, 320),
  )
  const typed = { order_id: order_id ?? '', email: email ?? '' }
  try {
    return { order: await context.get(visitContext).change(lookUpOrder, { body: typed }), typed }
  } catch (error) {
    const { code } = refusalOf(error)
    const isMissing = NOT_FOUND.has(code)
    const problem = isMissing ? t.order.notFound : t.error.limits.other
    return data({ problem, typed }, { status: isMissing ? 404 : 503 })
  }
}

export const meta: Route.MetaFunction = () => pageMeta({ title: t.order.findTitle })

export default function FindOrder({ actionData }: Route.ComponentProps) {
  if (actionData && 'order' in actionData) {
    const { order } = actionData
    return (
      <div className="max-w-3xl py-8">
        <h1 className="page-title">{t.order.title(day(order.order_date))}</h1>
        <OrderLife status={order.status} />
        <OrderSheet order={order} />
        <div className="mt-10 flex flex-wrap items-center gap-4 print:hidden">
          <PrintButton />
          {(order.status === 'confirmed' || order.status === 'processing') && (
            <p className="text-soft text-sm">{t.order.cancelElsewhere}</p>
          )}
        </div>
      </div>
    )
  }
  return (
    <div className="max-w-xl py-8">
      <h1 className="page-title">{t.order.findTitle}</h1>
      <p className="mb-6 text-lg text-soft">{t.order.findIntro}</p>
      {actionData && (
        <p role="alert" className="notice-bad mb-6">
          {actionData.problem}
        </p>
      )}
      <Form method="post" noValidate>
        <TextField
          name="order_id"
          typed={actionData?.typed.order_id}
          problem={undefined}
          label={t.order.number}
          autoComplete="off"
        />
        <TextField
          name="email"
          typed={actionData?.typed.email}
          problem={undefined}
          label={t.order.email}
          type="email"
          autoComplete="email"
        />
        <button type="submit" className="button mt-2 h-12 px-7">
          {t.order.findButton}
        </button>
      </Form>
    </div>
  )
}
