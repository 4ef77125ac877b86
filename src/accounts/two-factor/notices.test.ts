/** Notices of the changes that the sign-in library makes: with the change, or not at all. */
import { expect, test } from 'vitest'
import { createAccountShop, PASSWORD, totpCode } from '../../../test/accounts.ts'
import { createPasskey } from '../../../test/passkey.ts'
import { createShop } from '../../composition/shop.ts'
import type { Write } from '../../core/dynamo/write.ts'
import { isInOutbox } from '../../core/outbox.ts'

const EMAIL = 'jane@example.com'

/** Whether a transaction has nothing but a notice: that of a change that was made before. */
const isNoticeAlone = (writes: readonly Write[]): boolean =>
  writes.every(one => {
    const pk = one.action === 'Put' ? String(one.item.pk) : ''
    return pk.startsWith('audit') || isInOutbox(pk)
  })

/** An account shop whose requests are cut off where they would write a notice after its change. */
const createCrashingShop = async () => {
  const crashes: number[] = []
  let fetch: ReturnType<typeof createShop>['fetch'] | undefined
  const shop = await createAccountShop({
    transport: async deps => {
      const transact: typeof deps.db.transact = async (writes, ...more) => {
        if (!isNoticeAlone(writes)) return deps.db.transact(writes, ...more)
        crashes.push(writes.length)
        throw new Error('the process ends here')
      }
      fetch = createShop({ ...deps, db: { ...deps.db, transact } }).fetch
      return (request, caller) => fetch?.(request, caller) ?? Promise.reject(new Error('not started'))
    },
  })
  return { ...shop, crashes }
}

test('notices of an app on and off, recovery codes and a passkey are in the transaction of their change', async () => {
  const shop = await createCrashingShop()
  const jane = await shop.member(EMAIL)
  await shop.mail()
  const subjects = async () => (await shop.mail()).map(({ subject }) => subject)
  const { totp_uri } = (await jane.post('/api/auth/two-factor', { password: PASSWORD })).body
  expect(await subjects()).toEqual([])
  const steps = [
    () => jane.post('/api/auth/two-factor/confirm', { code: totpCode(totp_uri) }),
    () => jane.post('/api/auth/two-factor/recovery-codes', { password: PASSWORD }),
    () => jane.call('DELETE', '/api/auth/two-factor', { password: PASSWORD }),
    async () => {
      const options = (await jane.post('/api/auth/passkeys/options', { password: PASSWORD })).body
      return jane.post('/api/auth/passkeys', { response: createPasskey().register(options) })
    },
  ]
  const told: unknown[] = []
  for (const step of steps) {
    const { status } = await step()
    told.push([status, await subjects()])
  }
  expect(told).toEqual([
    [204, [expect.stringMatching(/authenticator app/i)]],
    [200, [expect.stringMatching(/recovery codes/i)]],
    [204, [expect.stringMatching(/authenticator app/i)]],
    [204, [expect.stringMatching(/passkey/i)]],
  ])
  expect(shop.crashes).toEqual([])
})
