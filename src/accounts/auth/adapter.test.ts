/** The adapter before the sign-in library's own test suites, on the real engine. */
import {
  authFlowTestSuite,
  caseInsensitiveTestSuite,
  joinsTestSuite,
  normalTestSuite,
  testAdapter,
} from '@better-auth/test-utils/adapter'
import { createTestShop } from '../../../test/kit.ts'
import { sha256 } from '../../core/ids.ts'
import { createUserTable } from '../table.ts'
import { createAuthAdapter } from './adapter.ts'
import { type AuthRecords, createAuthRecords, type StoredRecord } from './records.ts'

const { deps, names } = await createTestShop()
const tokens = new Map<string, string>()

/**
 * The suites compare whole sessions, token and all, which the tables do not hold: what was created in here is told them from
 * the test's own memory. What is found by its token needs none of this.
 */
const rememberingTokens = (records: AuthRecords): AuthRecords => {
  const reveal = ({ record, revision }: StoredRecord): StoredRecord => {
    const token = tokens.get(String(record.token))
    return { record: token === undefined ? record : { ...record, token }, revision }
  }
  return {
    ...records,
    create: async (model, record) => {
      if (model === 'session') tokens.set(`hashed:${sha256(String(record.token))}`, String(record.token))
      return records.create(model, record)
    },
    byId: async (model, id) => {
      const found = await records.byId(model, id)
      return found && reveal(found)
    },
    byField: async (model, field, value) => (await records.byField(model, field, value)).map(reveal),
    scan: async model => (await records.scan(model)).map(reveal),
  }
}

const records = rememberingTokens(createAuthRecords(deps.db, names, createUserTable(deps)))

/** The specification names the attributes of users, so the library's fields cannot be given other names. */
const renamed = {
  'findOne - should find a model with modified field name': true,
  'findOne - should join a model with modified field name': true,
  'findOne - backwards join with modified field name (session base, users-table join)': true,
} as const

// Not run: the suites of numeric ids and of UUIDs, since the shop's ids are its own (`user-…`), and of transactions, since
// DynamoDB has none that read on the way: each call is a transaction of its own.
const { execute } = await testAdapter({
  adapter: () => createAuthAdapter(records, { scan: true }),
  runMigrations: () => {},
  tests: [
    normalTestSuite({ disableTests: renamed }),
    authFlowTestSuite(),
    caseInsensitiveTestSuite(),
    joinsTestSuite({ disableTests: renamed }),
  ],
})
execute()
