/** Notices of the checkout page about what happened elsewhere. */
import { t } from '../texts/texts.ts'

/** Another checkout of the shopper that waits for its payment. */
export const LiveCheckout = ({ id }: { readonly id: string | null }) =>
  id === null ? null : (
    <div role="status" className="notice-good mb-8">
      <p>{t.checkout.livePayment}</p>
      <p className="mt-2">
        <a
          href={`/checkout/paying/${encodeURIComponent(id)}?back`}
          rel="external"
          className="link inline-flex min-h-6 items-center"
        >
          {t.checkout.viewPayment}
        </a>
      </p>
    </div>
  )

/** Shown when the cart was ordered or emptied in another tab. */
export const EmptyCart = () => (
  <div className="prose">
    <p role="alert" className="notice-bad">
      {t.checkout.cartChangedTitle}. {t.cart.empty}
    </p>
    <p>
      <a href="/orders" className="link">
        {t.cart.justOrdered}
      </a>
    </p>
  </div>
)
