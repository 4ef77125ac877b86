/** The hosted payment page of the stand-in for Stripe: the card form, the 3-D Secure step, and what a closed page says. */
import { html, raw } from 'hono/html'
import { storedCurrency } from '../../core/currency.ts'
import { formatMoney } from '../../core/format-money.ts'
import { toDecimal } from '../../core/money.ts'
import { fromStripe } from '../../payments/stripe/amounts.ts'
import { type CardErrors, type CardFields, TEST_CARDS } from './cards.ts'
import type { TestPayment, TestSession } from './objects.ts'
import { PAGE_STYLE } from './page-style.ts'

type Html = ReturnType<typeof html>

/** An amount of Stripe's as people read it. */
export const amountText = (amount: number, currencyCode: string): string => {
  const currency = storedCurrency(currencyCode.toUpperCase())
  return formatMoney(toDecimal(fromStripe(amount, currency), currency), currency.code, 'en-US')
}

export const totalText = ({ amount_total, currency }: TestSession): string =>
  amountText(amount_total ?? 0, currency ?? '')

export const renderPage = async (title: string, body: Html): Promise<string> =>
  String(
    await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${raw(PAGE_STYLE)}</style>
</head>
<body>
<p class="notice">Test payments: no real money moves. This page is visible only on this computer.</p>
${body}
</body>
</html>
`,
  )

const field = (
  name: keyof CardFields,
  label: string,
  hint: string,
  autocomplete: string,
  { values, errors }: Pick<PayForm, 'values' | 'errors'>,
) => html`
<label>${label}
<input type="text" name="${name}" value="${values[name]}" placeholder="${hint}" inputmode="numeric" autocomplete="${autocomplete}" required${errors[name] === undefined ? '' : raw(` aria-invalid="true" aria-describedby="${name}-error"`)}>
${errors[name] === undefined ? '' : html`<span class="error" id="${name}-error">${errors[name]}</span>`}</label>`

const groups = (number: string): string => number.replaceAll(/(\d{4})(?=\d)/g, '$1 ')

const TEST_NUMBERS = html`
<table>
<caption class="small soft">Test card numbers, with any later date and any security code</caption>
<tbody>${TEST_CARDS.map(({ number, does }) => html`<tr><td class="number">${groups(number)}</td><td>${does}</td></tr>`)}</tbody>
</table>`

/** What was typed, and what is wrong with it. `problem` concerns the whole payment: a decline. */
export type PayForm = {
  readonly values: CardFields
  readonly errors: CardErrors
  readonly problem: string | undefined
}

export const EMPTY_FORM: PayForm = {
  values: { number: '', expiry: '', cvc: '' },
  errors: {},
  problem: undefined,
}

/** The page of an open session. */
export const renderPayPage = ({ session, description }: TestPayment, shopName: string, form: PayForm) => {
  const total = totalText(session)
  return renderPage(
    `Pay ${total} · ${shopName}`,
    html`<main class="checkout">
<section>
<a class="back" href="${session.cancel_url}">← Back to ${shopName}</a>
<p class="soft">Pay ${shopName}</p>
<p class="total">${total}</p>
<p>${description}</p>
</section>
<section class="card">
<h1>Payment</h1>
<p class="soft small">${session.customer_email}</p>
${form.problem === undefined ? '' : html`<p class="alert" role="alert">${form.problem}</p>`}
<details name="method" open>
<summary>Card</summary>
<form class="stack" method="post" action="/dev/pay/${session.id}">
${field('number', 'Card number', '4242 4242 4242 4242', 'cc-number', form)}
<div class="pair">
${field('expiry', 'Expiration date', 'MM / YY', 'cc-exp', form)}
${field('cvc', 'Security code', 'CVC', 'cc-csc', form)}
</div>
<button class="primary" name="method" value="card">Pay ${total}</button>
${TEST_NUMBERS}
</form>
</details>
<details name="method">
<summary>Bank debit</summary>
<form class="stack" method="post" action="/dev/pay/${session.id}">
<p class="small">The money takes days to arrive. On <a href="/dev/pay">the list of test payments</a> you decide when it does, or that it fails.</p>
<button class="primary" name="method" value="debit">Pay ${total} by bank debit</button>
</form>
</details>
</section>
</main>`,
  )
}

/** The second page of a card that asks for 3-D Secure. */
export const renderAuthenticationPage = ({ session }: TestPayment, shopName: string) =>
  renderPage(
    `3-D Secure · ${shopName}`,
    html`<main class="narrow">
<section class="card stack">
<h1>Confirm your payment</h1>
<p>Your bank asks whether you want to pay <strong>${totalText(session)}</strong> to ${shopName}.</p>
<form class="stack" method="post" action="/dev/pay/${session.id}/authenticate">
<button class="primary" name="answer" value="complete">Complete</button>
<button name="answer" value="fail">Fail</button>
</form>
</section>
</main>`,
  )

/** What a session says that takes no payment any more. */
export const renderClosedPage = ({ session }: TestPayment, shopName: string) => {
  const isPaid = session.status === 'complete'
  return renderPage(
    shopName,
    html`<main class="narrow">
<section class="card stack">
<h1>${isPaid ? 'Your payment was submitted' : 'This payment page has expired'}</h1>
<p>${isPaid ? 'You cannot pay twice here.' : 'Nothing was charged.'}</p>
<p><a href="${isPaid ? session.success_url : session.cancel_url}">Return to ${shopName}</a></p>
</section>
</main>`,
  )
}
