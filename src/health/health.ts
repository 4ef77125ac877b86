/** Whether the shop can serve: the store answers, the index is ready and how old it is, how many rows are no books. */
import * as z from 'zod'
import type { CatalogMemory } from '../catalog/memory.ts'
import { type Route, route } from '../http/app.ts'
import { endpoint } from '../http/endpoint.ts'

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
    mail: z.object({
      waiting_seconds: z
        .number()
        .describe(
          'How long the mail that comes next has waited: more than seconds, and mails do not get out.',
        ),
    }),
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
  readonly memory: CatalogMemory
  readonly outbox: { readonly waitingSince: () => Promise<Date | undefined> }
  readonly now: () => Date
}

export const healthRoutes = ({ memory, outbox, now }: HealthDeps): Route[] => [
  route(getHealth, async () => {
    const since = await outbox.waitingSince()
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
      mail: {
        waiting_seconds: since ? Math.max(0, Math.round((now().getTime() - since.getTime()) / 1000)) : 0,
      },
    }
  }),
]
