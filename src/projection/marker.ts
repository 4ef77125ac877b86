/**
 * Marker: a row of the control table that changes while the projection follows, and is saved with its position. Tables that were put
 * back from a copy have an older one, which no journal would tell.
 */
import { CONTROL_ROWS } from '../core/control/rows.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import { ShopError } from '../core/errors.ts'
import { newVersion } from '../core/ids.ts'

export type Marker = {
  readonly current: string | undefined
  /** The marker in the table; undefined when there is none. */
  readonly read: () => Promise<string | undefined>
  /** Takes this one as the current one. */
  readonly use: (value: string | undefined) => void
  /**
   * Writes another one, at most once a minute unless `isAtOnce`, and unless the tables take no writes now. Returns whether it was tried:
   * then `current` is what is in the table.
   */
  readonly renew: (isAtOnce?: boolean) => Promise<boolean>
}

const RENEW_MS = 60_000

export const createMarker = (db: Pick<Dynamo, 'get' | 'transact'>, table: string): Marker => {
  const key = CONTROL_ROWS.projection.key('marker')
  let current: string | undefined
  let renewedAt = Number.NEGATIVE_INFINITY
  const readMarker = async (): Promise<string | undefined> => {
    const row = await db.get(table, key)
    return typeof row?.value === 'string' ? row.value : undefined
  }
  return {
    get current() {
      return current
    },
    read: readMarker,
    use: value => {
      current = value
    },
    renew: async (isAtOnce = false) => {
      if (!isAtOnce && performance.now() - renewedAt < RENEW_MS) return false
      const value = newVersion()
      renewedAt = performance.now()
      try {
        await db.transact([{ action: 'Put', table, item: { ...key, value } }])
        current = value
      } catch (error) {
        if (!(error instanceof ShopError)) throw error
        // Whether it was written is not known when the response was lost.
        current = await readMarker().catch(() => undefined)
      }
      return true
    },
  }
}
