/**
 * Stand-in of the Data API of Amazon Aurora over a PostgreSQL database: its requests, answers and errors as the AWS documentation and its clients have
 * them. Where these leave something open it takes the stricter reading: parameters are `varchar`, a colon in a literal begins a parameter,
 * times come without their zone, and there are no values of type `void`.
 */
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import * as z from 'zod'
import { createServiceSigner } from '#src/core/aws/sign.ts'
import { createDataApiSql, type DataApiOptions } from '#src/core/sql/data-api.ts'
import { onCleanup } from './cleanup.ts'

const MAX_ANSWER = 2 ** 20
export const CLUSTER_ARN = 'arn:aws:rds:eu-central-1:123456789012:cluster:cloudshelf'
export const DATABASE_SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!cluster-1'
export const DATABASE_NAME = 'cloudshelf'

const Input = z.object({
  resourceArn: z.literal(CLUSTER_ARN),
  secretArn: z.literal(DATABASE_SECRET_ARN),
  database: z.literal(DATABASE_NAME).optional(),
  sql: z.string().optional(),
  parameters: z
    .array(
      z.strictObject({
        name: z.string(),
        value: z.union([
          z.strictObject({ stringValue: z.string() }),
          z.strictObject({ isNull: z.literal(true) }),
        ]),
      }),
    )
    .optional(),
  transactionId: z.string().optional(),
  includeResultMetadata: z.boolean().optional(),
  resultSetOptions: z
    .object({ decimalReturnType: z.literal('STRING'), longReturnType: z.literal('STRING') })
    .optional(),
})
type Input = z.infer<typeof Input>

class Refusal extends Error {
  readonly status: number
  readonly type: string

  constructor(status: number, type: string, message: string) {
    super(message)
    this.status = status
    this.type = type
  }
}

const badRequest = (message: string) => new Refusal(400, 'BadRequestException', message)

/** Names of types by their object identifiers. */
const TYPES: Readonly<Record<number, string>> = {
  16: 'bool',
  17: 'bytea',
  20: 'int8',
  21: 'int2',
  23: 'int4',
  25: 'text',
  114: 'json',
  700: 'float4',
  701: 'float8',
  1184: 'timestamptz',
  1700: 'numeric',
  2278: 'void',
  3802: 'jsonb',
}

const fieldOf = (text: string | null, type: string | undefined) => {
  if (type === 'void')
    throw new Refusal(
      400,
      'UnsupportedResultException',
      'The result contains the unsupported data type VOID.',
    )
  if (text === null) return { isNull: true }
  if (type === 'bool') return { booleanValue: text === 't' }
  if (type === 'float4' || type === 'float8') return { doubleValue: Number(text) }
  if (type === 'bytea') return { blobValue: Buffer.from(text.slice(2), 'hex').toString('base64') }
  if (type === 'timestamptz') return { stringValue: text.replace(/\+00$/, '') }
  return { stringValue: text }
}

/** The statement with numbered parameters, and their values. Throws BadRequestException for a name without a value. */
const bind = ({ sql = '', parameters = [] }: Input): { text: string; values: (string | null)[] } => {
  const given = new Map(
    parameters.map(({ name, value }) => [name, 'isNull' in value ? null : value.stringValue]),
  )
  const names: string[] = []
  const text = sql.replace(/(?<!:):([a-z]\w*)/gi, (_, name: string) => {
    if (!given.has(name)) throw badRequest(`Named parameter ${name} was not given a value`)
    if (!names.includes(name)) names.push(name)
    return `($${names.indexOf(name) + 1}::varchar)`
  })
  return { text, values: names.map(name => given.get(name) ?? null) }
}

const run = async (client: pg.Pool | pg.ClientBase, input: Input, maxAnswer: number) => {
  const { text, values } = bind(input)
  const types = { getTypeParser: () => (value: string) => value }
  const { fields, rows, rowCount } = await client
    .query({ text, values, types, rowMode: 'array' })
    .catch((error: unknown) => {
      if (!(error instanceof pg.DatabaseError)) throw error
      if (error.code === '57014') throw new Refusal(400, 'StatementTimeoutException', 'Request timed out')
      throw new Refusal(400, 'DatabaseErrorException', `ERROR: ${error.message}; SQLState: ${error.code}`)
    })
  const typeNames = fields.map(({ dataTypeID }) => TYPES[dataTypeID] ?? 'unknown')
  const records = rows.map(row => (row as (string | null)[]).map((value, i) => fieldOf(value, typeNames[i])))
  if (JSON.stringify(records).length > maxAnswer)
    throw badRequest('Database returned more than the allowed response size limit')
  return {
    numberOfRecordsUpdated: fields.length > 0 ? 0 : rowCount,
    records,
    columnMetadata: fields.map(({ name }, i) => ({ label: name, name, typeName: typeNames[i] })),
  }
}

const readBody = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

/** Starts it over the database of `url`, until the tests of the file end. A smaller `maxAnswer` (bytes) takes fewer rows to exceed. */
export const startFakeDataApi = async (
  url: string,
  { statementTimeoutMs = 30_000, maxAnswer = MAX_ANSWER } = {},
) => {
  const options = {
    connectionString: url,
    options: `-c TimeZone=UTC -c statement_timeout=${statementTimeoutMs}`,
  }
  const pool = new pg.Pool({ ...options, max: 10 })
  pool.on('error', () => {})
  const transactions = new Map<string, pg.PoolClient>()
  const calls: string[] = []
  /** Answers of the next requests, instead of their own. */
  const refusals: Refusal[] = []

  const end = async (id: string | undefined, how: 'commit' | 'rollback') => {
    const client = transactions.get(id ?? '')
    if (!client) throw new Refusal(404, 'TransactionNotFoundException', `Transaction ${id} is not found`)
    transactions.delete(id ?? '')
    await client.query(how).finally(() => client.release())
    return { transactionStatus: how === 'commit' ? 'Transaction Committed' : 'Rollback Complete' }
  }

  const answer = async (path: string, input: Input): Promise<object> => {
    switch (path) {
      case '/Execute': {
        if (input.transactionId === undefined) return run(pool, input, maxAnswer)
        const client = transactions.get(input.transactionId)
        if (!client)
          throw new Refusal(
            404,
            'TransactionNotFoundException',
            `Transaction ${input.transactionId} is not found`,
          )
        return run(client, input, maxAnswer)
      }
      case '/BeginTransaction': {
        const client = await pool.connect()
        await client.query('begin')
        const transactionId = randomUUID()
        transactions.set(transactionId, client)
        return { transactionId }
      }
      case '/CommitTransaction':
        return end(input.transactionId, 'commit')
      case '/RollbackTransaction':
        return end(input.transactionId, 'rollback')
      default:
        throw new Refusal(404, 'NotFoundException', path)
    }
  }

  const server = createServer(async (request, response) => {
    const body = await readBody(request)
    try {
      calls.push(request.url ?? '')
      if (!request.headers.authorization?.includes('/rds-data/aws4_request'))
        throw new Refusal(403, 'AccessDeniedException', 'not signed for rds-data')
      const refusal = refusals.shift()
      if (refusal) throw refusal
      const result = await answer(request.url ?? '', Input.parse(JSON.parse(body)))
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result))
    } catch (error) {
      const { status, type, message } =
        error instanceof Refusal ? error : new Refusal(500, 'InternalServerErrorException', String(error))
      response
        .writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': `${type}:` })
        .end(JSON.stringify({ message }))
    }
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const sign = createServiceSigner('rds-data', 'eu-central-1', async () => ({
    accessKeyId: 'a',
    secretAccessKey: 'b',
  }))

  const expire = async () => {
    for (const id of [...transactions.keys()]) await end(id, 'rollback')
  }
  onCleanup(async () => {
    server.closeAllConnections()
    await new Promise(closed => server.close(closed))
    await expire()
    await pool.end()
  })

  return {
    endpoint,
    /** Paths of the requests so far. */
    calls,
    /** Refuses the next requests as a cluster that is waking up. */
    pause: (requests: number) => {
      for (let i = 0; i < requests; i++)
        refusals.push(
          new Refusal(
            400,
            'DatabaseResumingException',
            'The Aurora DB instance is resuming after being auto-paused. Please wait a few seconds and try again.',
          ),
        )
    },
    /** Ends all transactions, as after three minutes without a statement. */
    expire,
    open: (more: Partial<DataApiOptions> = {}) =>
      createDataApiSql({
        endpoint,
        sign,
        clusterArn: CLUSTER_ARN,
        secretArn: DATABASE_SECRET_ARN,
        database: DATABASE_NAME,
        pause: () => 1,
        ...more,
      }),
  }
}

export type FakeDataApi = Awaited<ReturnType<typeof startFakeDataApi>>
