/** Resource route with the visitor's name and cart count, requested by the cacheable public pages. */
import { whoAmI } from '#src/accounts/api.ts'
import { getCart } from '#src/cart/api.ts'
import { pageContext } from '../loading/page-context.ts'
import { revalidateAfterAction } from '../loading/revalidate.ts'
import type { Route } from './+types/visitor'

type Visitor = { readonly count: number; readonly isSignedIn: boolean; readonly name: string }

const ANONYMOUS: Visitor = { count: 0, isSignedIn: false, name: '' }

/** If the API fails, the page keeps its anonymous state. */
export const loader = async ({ context, request }: Route.LoaderArgs): Promise<Visitor> => {
  if (!request.headers.has('cookie')) return ANONYMOUS
  const { call, report } = context.get(pageContext)
  try {
    const [cart, { signed_in, first_name = '' }] = await Promise.all([call(getCart, {}), call(whoAmI, {})])
    return { count: cart.item_count, isSignedIn: signed_in, name: first_name }
  } catch (error) {
    report(error)
    return ANONYMOUS
  }
}

export const shouldRevalidate = revalidateAfterAction
