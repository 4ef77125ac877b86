import { expect, test } from 'vitest'
import { readableItem } from './readable-item.ts'

test('names are in snake_case and times in ISO 8601, at every depth', () => {
  expect(
    readableItem({
      userAgent: 'Firefox',
      twoFactorEnabled: true,
      credentialID: 'x',
      expires_at: 1_757_066_400,
      retired_at: 1e300,
      createdAt: new Date('2025-09-05T10:00:00Z'),
      updatedAt: '2025-09-05T10:00:00.000Z',
      list: [{ deviceType: 'phone' }],
    }),
  ).toEqual({
    user_agent: 'Firefox',
    two_factor_enabled: true,
    credential_id: 'x',
    expires_at: '2025-09-05T10:00:00.000Z',
    retired_at: 1e300,
    created_at: '2025-09-05T10:00:00.000Z',
    updated_at: '2025-09-05T10:00:00.000Z',
    list: [{ device_type: 'phone' }],
  })
})
