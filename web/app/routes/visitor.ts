/** Resource route with the visitor's name and cart count, requested by the cacheable public pages. */
import { whoAmI } from '#src/accounts/api.ts'
import { getCart } from '#src/cart/api.ts'
import { pageContext } from '../loading/page-context.ts'
import { revalidateAfterAction } from '../loading/revalidate.ts'
import type { Route } from './+types/visitor'

type Visitor = { readonly count: number; readonly isSignedIn: boolean; readonly name: string }

const ANONYMOUS: Visitor = { count: 0, isSignedIn: false, name: '' }

/** Cookies of an account's session and of a guest, under either of their names. */
const SESSION = /(?:^|; ?)(?:__Host-)?cloudshelf_session=/
const SHOPPER = /(?:^|; ?)(?:__Host-)?cloudshelf_(?:session|guest)=/

/**
 * Asks only what the visitor's cookies can be about: every page view makes this request. If the API fails, the page keeps its
 * anonymous state.
 */
export const loader = async ({ context, request }: Route.LoaderArgs): Promise<Visitor> => {
  const cookie = request.headers.get('cookie') ?? ''
  if (!SHOPPER.test(cookie)) return ANONYMOUS
  const { call, report } = context.get(pageContext)
  try {
    const [cart, account] = await Promise.all([
      call(getCart, {}),
      SESSION.test(cookie) ? call(whoAmI, {}) : undefined,
    ])
    return {
      count: cart.item_count,
      isSignedIn: account?.signed_in ?? false,
      name: account?.first_name ?? '',
    }
  } catch (error) {
    report(error)
    return ANONYMOUS
  }
}

export const shouldRevalidate = revalidateAfterAction
