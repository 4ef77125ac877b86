/**
 * Links to account and cart. The visitor's name and cart count are fetched separately, so that public pages
 * are the same for everyone and can be cached.
 */
import { useEffect } from 'react'
import { useFetcher, useFetchers } from 'react-router'
import type { loader } from '../routes/visitor.ts'
import { t } from '../texts/texts.ts'

/** Copies in pending add-to-cart submissions, for an optimistic cart count. */
const usePendingCopies = (): number => {
  const fetchers = useFetchers()
  let copies = 0
  for (const { formData, formAction, state } of fetchers)
    if (state === 'submitting' && formAction === '/cart' && formData?.get('intent') === 'add')
      copies += Number(formData.get('quantity') ?? 1)
  return copies
}

export const VisitorLinks = () => {
  const { load, data } = useFetcher<typeof loader>({ key: 'visitor' })
  const pendingCopies = usePendingCopies()
  useEffect(() => {
    void load('/visitor')
  }, [load])
  const count = (data?.count ?? 0) + pendingCopies
  return (
    <>
      <a href="/account" className="nav-link">
        <span className="min-w-14 max-w-16 truncate text-right sm:max-w-28">
          {data?.name || t.shop.account}
        </span>
        {data?.name && <span className="sr-only">, {t.shop.account}</span>}
      </a>
      <a href="/cart" className="nav-link inline-flex items-center gap-2">
        <span aria-hidden="true" className={count > 0 ? 'badge' : 'badge invisible'}>
          {count}
        </span>
        {t.shop.cart}
        {count > 0 && <span className="sr-only">, {t.shop.cartCount(count)}</span>}
      </a>
    </>
  )
}
