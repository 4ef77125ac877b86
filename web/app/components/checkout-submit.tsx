/** The end of the checkout form: what is agreed to, and the button, which says what happens next. */
import { money } from '../texts/format.ts'
import { t } from '../texts/texts.ts'
import { canBeChosen, type DeliveryOption } from './checkout-choices.tsx'
import { useShop } from './use-shop.ts'

type Props = {
  /** Undefined when the options could not be read while answering a form submission. */
  readonly delivery: DeliveryOption | undefined
  readonly total: number
  readonly currency: string
  readonly isPlacing: boolean
}

export const CheckoutSubmit = ({ delivery, total, currency, isPlacing }: Props) => {
  const { isInvoiceOnly } = useShop()
  const methods = delivery?.methods.filter(canBeChosen) ?? []
  const isHosted = methods.some(({ is_hosted }) => is_hosted)
  const isAgreed = methods.some(({ is_hosted }) => !is_hosted) || !isHosted
  const isMixed = isHosted && isAgreed
  const texts = {
    agreed: {
      className: isMixed ? 'if-agreed' : undefined,
      button: isPlacing ? t.checkout.placingOrder : t.checkout.placeOrder(money(total, currency)),
      terms: isInvoiceOnly ? t.checkout.terms : t.checkout.termsOfAgreed,
    },
    hosted: {
      className: isMixed ? 'if-hosted' : undefined,
      button: isPlacing ? t.checkout.openingPayment : t.checkout.continueToPayment(money(total, currency)),
      terms: t.checkout.termsOfHosted,
    },
  }
  const shown = [...(isAgreed ? [texts.agreed] : []), ...(isHosted ? [texts.hosted] : [])]
  return (
    <>
      <button type="submit" className="button mt-6 min-h-12 w-full" aria-disabled={isPlacing}>
        {shown.map(({ className, button }) => (
          <span key={button} className={className}>
            {button}
          </span>
        ))}
      </button>
      {shown.map(({ className, terms }) => (
        <p key={terms} className={`mt-3 text-sm text-soft ${className ?? ''}`}>
          {terms}
        </p>
      ))}
    </>
  )
}

/** The shop's legal pages, in a new tab so that what was entered stays. */
export const LegalLinks = () => {
  const shop = useShop()
  const links = [
    ...(shop.hasTerms ? [{ to: '/terms', text: t.checkout.termsLink }] : []),
    { to: '/privacy', text: shop.hasPrivacy ? t.checkout.privacyLink : t.shop.yourData },
  ]
  return (
    <ul className="mt-2 flex flex-wrap gap-x-4 text-sm">
      {links.map(({ to, text }) => (
        <li key={to}>
          <a href={to} target="_blank" rel="noreferrer" className="link inline-flex min-h-6 items-center">
            {text}
          </a>
        </li>
      ))}
    </ul>
  )
}
