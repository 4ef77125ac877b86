/** Profile of an account (names, phone, main address) and its saved postal addresses. */
import { type PostalAddress, StoredAddress } from '../../addresses/schema.ts'
import { CONTROL_ROWS } from '../../core/control/rows.ts'
import { type Item, orShopError } from '../../core/dynamo/write.ts'
import { ShopError } from '../../core/errors.ts'
import { newSortKey } from '../../core/ids.ts'
import { auditOwnChange } from '../audit.ts'
import type { AccountDeps } from '../deps.ts'
import { notSignedIn } from '../problems.ts'
import type { User } from '../schema.ts'
import type { AccountChange } from '../table.ts'
import { MAX_ADDRESSES } from './api.ts'

/** The account as the caller sees it. */
export const profileView = ({ account_status: _, ...profile }: User): Omit<User, 'account_status'> => profile

/** The account of a session. Throws not_signed_in when it was deleted at the same time. */
export const requireUser = async ({ users }: Pick<AccountDeps, 'users'>, userId: string): Promise<User> => {
  const user = await users.get(userId)
  if (!user) throw notSignedIn()
  return user
}

/** Changes the given fields; null removes a field. The audit records the names of the fields, not their values. */
export const changeProfile = async (
  deps: AccountDeps,
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

export const listAddresses = async ({ db, names }: AccountDeps, userId: string): Promise<SavedAddress[]> => {
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
    ...StoredAddress.parse(address),
    address_id: CONTROL_ROWS.postalAddress.nameOf(sk),
  }))
}

/** Saves an address. Throws address_limit. Concurrent requests may exceed the limit by one, which does no harm. */
export const saveAddress = async (
  deps: AccountDeps,
  userId: string,
  address: PostalAddress,
): Promise<SavedAddress> => {
  if ((await listAddresses(deps, userId)).length >= MAX_ADDRESSES)
    throw new ShopError(
      'address_limit',
      `You can save at most ${MAX_ADDRESSES} addresses. Please remove one first.`,
    )
  const address_id = newSortKey(deps.now())
  const item: Item = { ...CONTROL_ROWS.postalAddress.key(userId, address_id), address }
  await deps.db.transact([
    { action: 'Put', table: deps.names.control, item },
    ...auditOwnChange(deps, userId, 'account.addresses'),
  ])
  return { ...address, address_id }
}

const addressNotFound = () => new ShopError('address_not_found', 'You have no saved address with this id.')

/** Replaces a saved address. Throws address_not_found. */
export const changeAddress = async (
  deps: AccountDeps,
  userId: string,
  address_id: string,
  address: PostalAddress,
): Promise<SavedAddress> => {
  const item: Item = { ...CONTROL_ROWS.postalAddress.key(userId, address_id), address }
  await orShopError(
    deps.db.transact([
      {
        action: 'Put',
        table: deps.names.control,
        item,
        condition: 'attribute_exists(pk)',
        refused: addressNotFound,
      },
      ...auditOwnChange(deps, userId, 'account.addresses'),
    ]),
  )
  return { ...address, address_id }
}

/** Deletes a saved address. Throws address_not_found. */
export const removeAddress = (deps: AccountDeps, userId: string, addressId: string): Promise<void> =>
  orShopError(
    deps.db.transact([
      {
        action: 'Delete',
        table: deps.names.control,
        key: CONTROL_ROWS.postalAddress.key(userId, addressId),
        condition: 'attribute_exists(pk)',
        refused: addressNotFound,
      },
      ...auditOwnChange(deps, userId, 'account.addresses'),
    ]),
  )
