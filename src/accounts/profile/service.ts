/** What a shopper keeps with us besides the sign-in: name, phone, addresses. */
import { CONTROL_ROWS } from '../../core/control/rows.ts'
import { type Item, orShopError } from '../../core/dynamo/write.ts'
import { ShopError } from '../../core/errors.ts'
import { newSortKey } from '../../core/ids.ts'
import { auditOwnChange } from '../audit.ts'
import type { PostalAddress, User } from '../schema.ts'
import type { AccountDeps } from '../sign-up.ts'
import type { AccountChange, UserTable } from '../table.ts'
import { MAX_ADDRESSES } from './api.ts'

export type ProfileDeps = AccountDeps & { readonly users: UserTable }

export const requireUser = async ({ users }: ProfileDeps, userId: string): Promise<User> => {
  const user = await users.get(userId)
  // The session outlived the account: it is being deleted at this moment.
  if (!user) throw new ShopError('not_signed_in', 'Please sign in first.')
  return user
}

/** Changes what is named; null takes it away. The audit learns which fields, and none of their values. */
export const changeProfile = async (
  deps: ProfileDeps,
  userId: string,
  changes: AccountChange,
): Promise<User> => {
  const fields = Object.keys(changes).sort()
  if (fields.length > 0)
    await deps.db.transact([
      deps.users.update(userId, changes),
      ...auditOwnChange(deps, userId, 'account.profile', fields),
    ])
  return requireUser(deps, userId)
}

export type SavedAddress = PostalAddress & { readonly address_id: string }

export const listAddresses = async ({ db, names }: ProfileDeps, userId: string): Promise<SavedAddress[]> => {
  const { items } = await db.query({
    table: names.control,
    where: 'pk = :pk AND begins_with(sk, :prefix)',
    values: {
      ':pk': CONTROL_ROWS.postalAddress.pk(userId),
      ':prefix': CONTROL_ROWS.postalAddress.sortPrefix,
    },
    consistent: true,
  })
  return items.map(({ sk, address }) => ({
    ...(address as PostalAddress),
    address_id: CONTROL_ROWS.postalAddress.nameOf(sk),
  }))
}

/** Saves an address. Throws address_limit. Two at once may make it one more than 20: nobody is harmed. */
export const saveAddress = async (
  deps: ProfileDeps,
  userId: string,
  address: PostalAddress,
): Promise<SavedAddress> => {
  if ((await listAddresses(deps, userId)).length >= MAX_ADDRESSES)
    throw new ShopError(
      'address_limit',
      `At most ${MAX_ADDRESSES} addresses are saved. Please remove one first.`,
    )
  const address_id = newSortKey(deps.now())
  const item: Item = { ...CONTROL_ROWS.postalAddress.key(userId, address_id), address }
  await deps.db.transact([
    { action: 'Put', table: deps.names.control, item },
    ...auditOwnChange(deps, userId, 'account.addresses'),
  ])
  return { ...address, address_id }
}

/** Forgets an address. Throws address_not_found. */
export const removeAddress = (deps: ProfileDeps, userId: string, addressId: string): Promise<void> =>
  orShopError(
    deps.db.transact([
      {
        action: 'Delete',
        table: deps.names.control,
        key: CONTROL_ROWS.postalAddress.key(userId, addressId),
        condition: 'attribute_exists(pk)',
        refused: () => new ShopError('address_not_found', 'You have no such address.'),
      },
      ...auditOwnChange(deps, userId, 'account.addresses'),
    ]),
  )
