/** Whether the shop can serve: which store it has and that it answers, the index is ready and how old it is, how many rows are no books. */
import * as z from 'zod'
import type { LiveIndex } from '../catalog/index/live-index.ts'
import { endpoint } from '../http/endpoint.ts'
import { type Route, route } from '../http/route.ts'
import { indexAge, type OutboxAgeDeps, outboxAge } from './ages.ts'

const Health = z
  .object({
    status: z.enum(['ok', 'starting']),
    engine: z
      .enum(['embedded', 'dynamodb', 'compatible'])
      .describe(
        'What holds the tables: the embedded engine, Amazon DynamoDB, or another that speaks like it.',
      ),
    store: z.literal('up'),
    index: z.object({
      ready: z.boolean(),
      books: z.int(),
      age_seconds: z
        .number()
        .nullable()
        .describe('How long ago other processes’ changes were last looked for.'),
    }),
    unreadable_books: z
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
  access: 'anyone',
  cache: 'private',
  status: 200,
  reply: Health,
  errors: [],
})

export type HealthDeps = OutboxAgeDeps & {
  readonly liveIndex: LiveIndex
  /** Where the tables lie; undefined: on the embedded engine. */
  readonly settings: { readonly endpoint: string | undefined }
}

const engineOf = (endpoint: string | undefined): z.infer<typeof Health>['engine'] => {
  if (endpoint === undefined) return 'embedded'
  return new URL(endpoint).hostname.endsWith('.amazonaws.com') ? 'dynamodb' : 'compatible'
}

export const healthRoutes = (deps: HealthDeps): Route[] => [
  route(getHealth, async () => {
    const waiting = await outboxAge(deps)
    const { index, badRows } = deps.liveIndex
    return {
      status: index ? ('ok' as const) : ('starting' as const),
      engine: engineOf(deps.settings.endpoint),
      store: 'up' as const,
      index: {
        ready: index !== undefined,
        books: index?.rows.size ?? 0,
        age_seconds: indexAge(deps) ?? null,
      },
      unreadable_books: badRows.length,
      mail: { waiting_seconds: waiting },
    }
  }),
]
