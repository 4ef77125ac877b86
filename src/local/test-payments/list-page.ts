/** The list of test payments, which stands for the dashboard, the banks and the network: what they do is decided by buttons. */
import { html, raw } from 'hono/html'
import { paidCharge, refundedAmount, type TestDispute, type TestPayment, type TestRefund } from './objects.ts'
import { amountText, renderPage, totalText } from './pay-page.ts'
import type { Trouble } from './store.ts'

const EVENT_MODES: readonly (readonly [Trouble['events'], string])[] = [
  ['once', 'once'],
  ['twice', 'twice'],
  ['late', 'late'],
  ['shuffled', 'shuffled'],
  ['never', 'never'],
]

/** A form with one button for each choice. */
const buttons = (action: string, name: string, choices: readonly (readonly [string, string])[]) => html`
<form class="compact" method="post" action="/dev/pay/${action}">${choices.map(
  ([value, label]) => html` <button name="${name}" value="${value}">${label}</button>`,
)}</form>`

const stateOf = (payment: TestPayment): string => {
  const { session, intent } = payment
  const charge = paidCharge(payment)
  if (charge?.refunded) return 'refunded'
  if (charge) return refundedAmount(payment) > 0 ? 'partly refunded' : 'paid'
  if (session.status === 'expired') return 'expired'
  if (intent?.status === 'processing') return 'processing'
  return session.status === 'complete' ? 'failed' : 'open'
}

const refundRow = ({ id, amount, currency, status, metadata }: TestRefund) => html`
<li class="row"><span>Refund of ${amountText(amount, currency)}, ${status}${metadata?.refund_id === undefined ? ' (made here)' : ''}</span>
${
  status === 'pending'
    ? buttons(`refunds/${id}`, 'result', [
        ['settle', 'Arrives'],
        ['fail', 'Fails'],
      ])
    : ''
}
${status === 'succeeded' ? buttons(`refunds/${id}`, 'result', [['fail', 'Fails later']]) : ''}</li>`

const disputeRow = ({ id, amount, currency, status }: TestDispute) => html`
<li class="row"><span>Dispute over ${amountText(amount, currency)}, ${status.replaceAll('_', ' ')}</span>
${
  status === 'won' || status === 'lost'
    ? ''
    : buttons(`disputes/${id}`, 'status', [
        ...(status === 'needs_response' ? [['under_review', 'Evidence sent'] as const] : []),
        ['won', 'Won'],
        ['lost', 'Lost'],
      ])
}</li>`

const refundForm = (sessionId: string) => html`
<form class="compact refund" method="post" action="/dev/pay/${sessionId}/refund">
<label>Refund in the dashboard<input type="text" name="amount" inputmode="decimal" placeholder="All that is left"></label>
<button>Refund</button>
</form>`

const paymentRow = (payment: TestPayment) => {
  const { session, refunds, disputes } = payment
  const state = stateOf(payment)
  const charge = paidCharge(payment)
  return html`
<li class="card">
<div class="row">
<h2>${totalText(session)}</h2>
<span class="state${raw(charge ? ' paid' : '')}">${state}</span>
</div>
<p class="small soft">${session.client_reference_id} · ${new Date(session.created * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC</p>
<div class="actions">
${state === 'open' ? html`<a href="/dev/pay/${session.id}">Payment page</a>` : ''}
${
  state === 'processing'
    ? buttons(`${session.id}/settle`, 'result', [
        ['settle', 'Settle'],
        ['fail', 'Fail'],
      ])
    : ''
}
${charge && !charge.disputed ? buttons(`${session.id}/dispute`, 'what', [['all', 'Dispute']]) : ''}
</div>
${charge && !charge.refunded ? refundForm(session.id) : ''}
${refunds.length + disputes.length > 0 ? html`<ul class="list">${refunds.map(refundRow)}${disputes.map(disputeRow)}</ul>` : ''}
</li>`
}

/** Renders the list, with the trouble that is switched on and, after a refused action, why it was. */
export const renderListPage = (
  payments: readonly TestPayment[],
  trouble: Trouble,
  shopName: string,
  problem: string | undefined,
) =>
  renderPage(
    `Test payments · ${shopName}`,
    html`<main class="wide">
<h1>Test payments</h1>
${problem === undefined ? '' : html`<p class="alert" role="alert">${problem}</p>`}
<form class="card stack compact" method="post" action="/dev/pay/trouble">
<fieldset><legend>Events reach the shop</legend>${EVENT_MODES.map(
      ([value, label]) =>
        html`<label><input type="radio" name="events" value="${value}"${raw(trouble.events === value ? ' checked' : '')}> ${label}</label>`,
    )}</fieldset>
<fieldset><legend>Amounts</legend><label><input type="checkbox" name="wrong_amount" value="yes"${raw(trouble.wrongAmount ? ' checked' : '')}> Payments take more than the shop asked for</label></fieldset>
<p><button>Save</button></p>
</form>
${payments.length === 0 ? html`<p class="soft">No payments yet. Pay an order by card to get one.</p>` : ''}
<ul class="list">${payments.map(paymentRow)}</ul>
</main>`,
  )
