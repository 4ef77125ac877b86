/** How many books this visitor's cart has: the small private request beside the public pages. */
import { getCart } from '../../../src/cart/api.ts'
import { afterEveryTry } from '../shop/revalidate.ts'
import { visitContext } from '../shop/visit.ts'
import type { Route } from './+types/cart-count'

/** Without a shop that answers, the count is 0 and the page stands. */
export const loader = async ({ context, request }: Route.LoaderArgs) => {
  if (!request.headers.has('cookie')) return { count: 0 }
  const { change, report } = context.get(visitContext)
  try {
    return { count: (await change(getCart, {})).item_count }
  } catch (error) {
    report(error)
    return { count: 0 }
  }
}

export const shouldRevalidate = afterEveryTry
