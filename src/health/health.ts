/** Whether the shop can serve: the store answers, the index is ready and how old it is, how many rows are no books. */
import * as z from 'zod'
import type { CatalogMemory } from '../catalog/memory.ts'
import type { Dynamo } from '../core/dynamo/dynamo.ts'
import { type Route, route } from '../http/app.ts'
import { endpoint } from '../http/endpoint.ts'
import type { TableNames } from '../tables.ts'

const Health = z
  .object({
    status: z.enum(['ok', 'starting']),
    store: z.literal('up'),
    index: z.object({
      ready: z.boolean(),
      books: z.number().int(),
      age_seconds: z
        .number()
        .nullable()
        .describe('How long ago other processes’ changes were last looked for.'),
    }),
    unreadable_books: z
      .number()
      .int()
      .describe('Rows of the books table that are no books; `cloudshelf doctor` names them.'),
  })
  .meta({ id: 'Health' })

export const getHealth = endpoint({
  id: 'getHealth',
  method: 'GET',
  path: '/api/health',
  summary: 'Whether the shop can serve: 503 store_unavailable when its store does not answer',
  who: 'anyone',
  cache: 'private',
  status: 200,
  reply: Health,
  errors: [],
})

export type HealthDeps = {
  readonly db: Dynamo
  readonly settings: { readonly names: TableNames }
  readonly memory: CatalogMemory
  readonly now: () => Date
}

export const healthRoutes = ({ db, settings, memory, now }: HealthDeps): Route[] => [
  route(getHealth, async () => {
    await db.get(settings.names.control, { pk: 'health', sk: 'health' }, false)
    const { index, asOf, badRows } = memory
    return {
      status: index ? ('ok' as const) : ('starting' as const),
      store: 'up' as const,
      index: {
        ready: index !== undefined,
        books: index?.size ?? 0,
        age_seconds: index ? Math.round((now().getTime() - asOf.getTime()) / 100) / 10 : null,
      },
      unreadable_books: badRows.length,
    }
  }),
]
