/**
 * PostgreSQL over the Data API of Amazon Aurora: each statement is one signed request, so that there are neither connections nor a network to the
 * database. A paused cluster is woken by the first request, which is retried until it is there.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type AwsRetryPolicy, createAwsClient, isThrottled } from '../aws/aws-request.ts'
import { type HttpResponse, headerOf } from '../aws/http-pool.ts'
import type { ServiceSigner } from '../aws/sign.ts'
import { backoff } from '../retry.ts'
import {
  type DataApiField,
  type DataApiParameter,
  parseField,
  toDataApiText,
  toParameters,
} from './data-api-values.ts'
import {
  ANSWER_TOO_LARGE_STATE,
  kindOfState,
  type Sql,
  SqlError,
  type SqlParam,
  type SqlRow,
  TIMEOUT_STATE,
} from './sql.ts'

export type DataApiOptions = {
  /** Of the Data API, `https://rds-data.<Region>.amazonaws.com`. */
  readonly endpoint: string
  readonly sign: ServiceSigner
  readonly clusterArn: string
  /** ARN of the secret with user name and password, which the Data API reads itself. */
  readonly secretArn: string
  readonly database: string
  /** How long a statement waits for a paused cluster, which takes about 15 s; in milliseconds, 60,000 by default. */
  readonly resumeWithinMs?: number
  /** How long a statement may take before it is given up, in milliseconds; 50,000 by default. */
  readonly answerWithinMs?: number
  /** Pause before try `n + 1` of a request that was not carried out, in milliseconds. */
  readonly pause?: (tries: number) => number
}

const RESUME_WITHIN_MS = 60_000
/** The Data API ends a statement after 45 s. */
const ANSWER_WITHIN_MS = 50_000
/** A request is sent once: only here it is known whether it may be repeated. */
const ONCE: AwsRetryPolicy = { maxTries: 1, pause: () => 0, withinMs: ANSWER_WITHIN_MS }

const FAILED_TRANSACTION_STATE = '25P02'

/** Refusals because of which nothing was carried out, and the same request succeeds later. */
const NOT_YET = /^(DatabaseResuming|Throttling|TooManyRequests)/
/** Code of an answer that did not begin in time, of Node's own client and of undici. */
const HEADERS_TIMEOUT = /HEADERS_TIMEOUT$/
const CLOCK = /Signature (expired|not yet current)/
const UNAVAILABLE =
  /^(DatabaseUnavailable|ServiceUnavailable|InternalServerError|InternalFailure|TransactionNotFound)/

type Answer = {
  readonly transactionId?: string
  readonly records?: readonly (readonly DataApiField[])[]
  readonly columnMetadata?: readonly {
    readonly label?: string
    readonly name?: string
    readonly typeName?: string
  }[]
}

type Refusal = { readonly type: string; readonly message: string }

const parseRefusal = (answer: HttpResponse): Refusal => {
  const text = answer.body.toString()
  const message = /"[mM]essage":\s*("(?:[^"\\]|\\.)*")/.exec(text)?.[1]
  const named = headerOf(answer, 'x-amzn-errortype') ?? /"__type":\s*"([^"]*)"/.exec(text)?.[1] ?? ''
  return {
    // `DatabaseErrorException:http://…`, or `com.amazonaws…#DatabaseErrorException`.
    type: named.replace(/:.*$/, '').replace(/^.*#/, ''),
    message: message === undefined ? text.slice(0, 300) : (JSON.parse(message) as string),
  }
}

const toSqlError = (status: number, { type, message }: Refusal): SqlError => {
  const state = /SQLState:\s*([0-9A-Z]{5})/i.exec(message)?.[1]
  if (state !== undefined)
    return new SqlError(kindOfState(state), message.replace(/;?\s*SQLState:.*$/is, ''), state)
  if (type.startsWith('StatementTimeout')) return new SqlError('refused', message, TIMEOUT_STATE)
  if (/response size limit/i.test(message))
    return new SqlError(
      'refused',
      'the answer is larger than the 1 MiB that the Data API sends',
      ANSWER_TOO_LARGE_STATE,
    )
  const isPassing = status >= 500 || status === 429 || UNAVAILABLE.test(type) || NOT_YET.test(type)
  return new SqlError(isPassing ? 'unavailable' : 'refused', `Data API: ${type || status} ${message}`.trim())
}

/**
 * A client of the database `database` of an Aurora cluster. It reads and writes the writer alone, sends at most 4 MiB and receives at most 1 MiB a
 * statement; a statement ends after 45 s, also in a transaction that is unlimited, and a transaction after 3 minutes without a statement.
 */
export const createDataApiSql = ({
  endpoint,
  sign,
  clusterArn,
  secretArn,
  database,
  resumeWithinMs = RESUME_WITHIN_MS,
  answerWithinMs = ANSWER_WITHIN_MS,
  pause = backoff(500, 3_000),
}: DataApiOptions): Sql => {
  const send = createAwsClient(endpoint, sign, { ...ONCE, answerWithinMs })
  let isClosed = false

  /** Sends a request, again while the cluster wakes up. Throws SqlError. */
  const call = async (path: string, input: object): Promise<Answer> => {
    const deadline = performance.now() + resumeWithinMs
    const body = JSON.stringify({ resourceArn: clusterArn, secretArn, ...input })
    for (let tries = 1; ; tries++) {
      if (isClosed) throw new SqlError('unavailable', 'the database client is closed')
      const answer = await send({
        method: 'POST',
        path,
        headers: { 'content-type': 'application/json' },
        body,
      }).catch((cause: unknown) => {
        const reason = cause instanceof Error ? cause.message : String(cause)
        // The statement may go on, and may be carried out.
        if (HEADERS_TIMEOUT.test((cause as { code?: string }).code ?? ''))
          throw new SqlError(
            'unavailable',
            `the Data API gave no answer within ${answerWithinMs} ms`,
            TIMEOUT_STATE,
            { cause },
          )
        throw new SqlError('unavailable', `the Data API cannot be reached: ${reason}`, undefined, { cause })
      })
      if (answer.status === 200) return JSON.parse(answer.body.toString()) as Answer
      const refusal = parseRefusal(answer)
      const isWorthwhile = NOT_YET.test(refusal.type) || isThrottled(answer) || CLOCK.test(refusal.message)
      const ms = pause(tries)
      if (!isWorthwhile || performance.now() + ms > deadline) throw toSqlError(answer.status, refusal)
      await sleep(ms)
    }
  }

  const execute = async <Row extends SqlRow>(
    text: string,
    params: readonly SqlParam[] = [],
    transactionId?: string,
  ): Promise<readonly Row[]> => {
    const { records = [], columnMetadata = [] } = await call('/Execute', {
      database,
      sql: toDataApiText(text),
      parameters: toParameters(params) satisfies readonly DataApiParameter[],
      includeResultMetadata: true,
      resultSetOptions: { decimalReturnType: 'STRING', longReturnType: 'STRING' },
      ...(transactionId === undefined ? {} : { transactionId }),
    })
    const columns = columnMetadata.map(({ label, name, typeName = '' }) => ({
      name: label ?? name ?? '',
      typeName,
    }))
    return records.map(
      record =>
        Object.fromEntries(
          columns.map(({ name, typeName }, i) => [name, parseField(record[i], typeName)]),
        ) as Row,
    )
  }

  const transaction: Sql['transaction'] = async work => {
    const { transactionId } = await call('/BeginTransaction', { database })
    if (transactionId === undefined)
      throw new SqlError('refused', 'Data API: BeginTransaction without a transactionId')
    let failure: unknown
    const end = (how: 'Commit' | 'Rollback') => call(`/${how}Transaction`, { transactionId })
    try {
      const result = await work({
        query: async (text, params) => {
          try {
            return await execute(text, params, transactionId)
          } catch (error) {
            failure ??= error
            throw error
          }
        },
      })
      // PostgreSQL ends COMMIT of a transaction in which a statement has failed with ROLLBACK, without an error.
      if (failure !== undefined)
        throw new SqlError(
          'refused',
          'the transaction was rolled back: one of its statements failed',
          FAILED_TRANSACTION_STATE,
        )
      await end('Commit')
      return result
    } catch (error) {
      // One that cannot be rolled back now ends by itself.
      await end('Rollback').catch(() => {})
      throw error
    }
  }

  return {
    query: (text, params) => execute(text, params),
    transaction,
    close: async () => {
      isClosed = true
    },
  }
}
