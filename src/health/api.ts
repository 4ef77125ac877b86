/** Health endpoint. */
import * as z from 'zod'
import { SEARCH_MODES } from '../catalog/search-mode.ts'
import { OUTAGE_CAUSES } from '../core/dynamo/outage.ts'
import { endpoint } from '../http/endpoint.ts'

export const Health = z
  .object({
    status: z
      .enum(['ok', 'starting', 'degraded'])
      .describe('`degraded`: the shop is up, and some calls of its database fail.'),
    engine: z
      .enum(['embedded', 'dynamodb', 'compatible'])
      .describe('The database: the embedded engine, Amazon DynamoDB, or a compatible one.'),
    store: z.literal('up'),
    outages: z
      .array(
        z.object({
          calls: z.enum(['reads', 'writes']),
          cause: z.enum(OUTAGE_CAUSES),
          since: z.iso.datetime(),
        }),
      )
      .describe(
        'Calls of the database that fail, as far as this process has noticed, until one of them succeeds. The log says more.',
      ),
    index: z.object({
      ready: z.boolean(),
      state: z
        .enum(['ready', 'loading', 'too_large'])
        .describe(
          'too_large: the function has too little memory for it. Categories and exact titles are answered from the table.',
        ),
      needed_megabytes: z.int().optional().describe('Memory that the function needs, where it is too small.'),
      books: z.int(),
      age_seconds: z
        .number()
        .nullable()
        .describe('Seconds since the changes of other processes were last read.'),
    }),
    projection: z
      .object({
        state: z
          .enum(['starting', 'backfill', 'verifying', 'following', 'waiting', 'refused'])
          .describe('waiting: PostgreSQL cannot be used now; what changes meanwhile is applied later.'),
        lag_seconds: z
          .number()
          .nullable()
          .describe('How old what reports show is; null while it is being filled for the first time.'),
      })
      .optional()
      .describe('PostgreSQL beside the database, where there is one.'),
    search: z
      .object({
        mode: z.enum(SEARCH_MODES).describe('As SEARCH or `cloudshelf pg use search` says.'),
        engine: z
          .enum(['memory', 'postgres'])
          .describe('What answers now: memory also while PostgreSQL is down or behind.'),
        fallbacks: z
          .int()
          .describe('Questions that memory answered in the place of PostgreSQL, since the start.'),
        shadow: z
          .object({
            asked: z.int(),
            agreed: z.int().describe('Both engines had the same first answer.'),
            differed: z.int(),
            failed: z.int(),
            dropped: z.int().describe('Not asked: two others were, or PostgreSQL was behind.'),
          })
          .describe('What shadow mode has compared since the start.'),
      })
      .optional()
      .describe('The engines of search, where there are two.'),
    unreadable_books: z
      .int()
      .describe('Items of the books table that are not valid books; `cloudshelf doctor` lists them.'),
    quiet: z
      .boolean()
      .describe(
        'The shop was restored from a backup and not resumed: it sends no mail and deletes nothing that has expired.',
      ),
    backup: z
      .object({
        state: z
          .enum(['ok', 'late', 'unknown'])
          .describe('late: none was made since one was due. unknown: their folder cannot be read.'),
        latest_at: z.iso.datetime().nullable().describe('When the latest verified backup was begun.'),
      })
      .nullable()
      .describe('Scheduled backups; null where there are none.'),
    mail: z.object({
      waiting_seconds: z
        .number()
        .describe(
          'How long the next mail has been waiting. More than a few seconds means that mails are not being sent.',
        ),
    }),
  })
  .meta({ id: 'Health' })

export const getHealth = endpoint({
  id: 'getHealth',
  method: 'GET',
  path: '/api/health',
  summary: 'Health of the shop; 503 store_unavailable when its database does not respond',
  access: 'anyone',
  cache: 'private',
  status: 200,
  reply: Health,
  errors: [],
})
