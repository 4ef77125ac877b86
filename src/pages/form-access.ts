/**
 * Access to large forms. A page receives an ordinary form from everybody, because the API authorizes each of its calls. A larger one,
 * with a cover image, is received from staff alone: the API is asked before the first byte of it.
 */
import { whoAmI } from '../accounts/api.ts'
import { ShopError } from '../core/errors.ts'
import { createShopClient } from '../http/client.ts'
import { formBytes } from './paths.ts'

type ApiFetch = (request: Request) => Promise<Response>

const assertStaff = async ({ headers, url }: Request, fetchApi: ApiFetch): Promise<void> => {
  const cookie = headers.get('cookie')
  const session =
    cookie === null
      ? undefined
      : await createShopClient(new URL(url).origin, fetchApi, { cookie })(whoAmI, {})
  if (!session?.signed_in)
    throw new ShopError('not_signed_in', 'Only staff may do this. Please sign in as staff.')
  const { role, second_factor } = session
  if (!second_factor || (role !== 'staff' && role !== 'admin'))
    throw new ShopError('forbidden', 'Only staff may do this.')
}

/**
 * Maximum bytes of the form that this page receives from this sender. Throws not_signed_in and forbidden for a large one that is not
 * sent by staff.
 */
export const acceptedBytes = async (
  request: Request,
  pathname: string,
  fetchApi: ApiFetch,
): Promise<number> => {
  const { others, staff } = formBytes(pathname)
  const announced = Number(request.headers.get('content-length') ?? Number.POSITIVE_INFINITY)
  // Without a content-length it may be a large one.
  if (staff === others || announced <= others) return others
  await assertStaff(request, fetchApi)
  return staff
}
