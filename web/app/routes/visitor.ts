/** Who looks at the pages, and how many books are in the cart: the small private request beside the public pages. */
import { whoAmI } from '#src/accounts/api.ts'
import { getCart } from '#src/cart/api.ts'
import { afterEveryTry } from '../loading/revalidate.ts'
import { visitContext } from '../loading/visit.ts'
import type { Route } from './+types/visitor'

type Visitor = { readonly count: number; readonly isSignedIn: boolean; readonly name: string }

const NOBODY: Visitor = { count: 0, isSignedIn: false, name: '' }

/** Without a shop that answers, the page stands as it is for everyone. */
export const loader = async ({ context, request }: Route.LoaderArgs): Promise<Visitor> => {
  if (!request.headers.has('cookie')) return NOBODY
  const { change, report } = context.get(visitContext)
  try {
    const [cart, { signed_in, first_name = '' }] = await Promise.all([
      change(getCart, {}),
      change(whoAmI, {}),
    ])
    return { count: cart.item_count, isSignedIn: signed_in, name: first_name }
  } catch (error) {
    report(error)
    return NOBODY
  }
}

export const shouldRevalidate = afterEveryTry
