import { expect, test } from 'vitest'
import { startFakeDataApi } from '../../../test/fake-data-api.ts'
import { openTestDatabase } from '../../../test/postgres.ts'
import { toDataApiText } from './data-api-values.ts'
import { type Migration, migrate } from './migrate.ts'
import { ANSWER_TOO_LARGE_STATE, isUnavailable, SqlError } from './sql.ts'

const { url } = await openTestDatabase()
const api = await startFakeDataApi(url)
const sql = api.open()

const failure = async (call: Promise<unknown>): Promise<SqlError> => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(SqlError)
  return error as SqlError
}

test('rows are those that the client of the wire protocol gives', async () => {
  const [row] = await sql.query(
    `select $1::int as number, $2::bigint as large, $3::jsonb as json, $4::boolean as truth, $5 as text, $6::text as nothing,
            1.50::numeric as exact, 0.5::float8 as float, '2026-05-01T12:00:00+02:00'::timestamptz as at, 'a:b \\:c' as literal,
            to_char('2026-05-01 10:20:30'::timestamp, 'HH24:MI:SS') as formatted, $5 || $1 as again`,
    [7, 9_007_199_254_740_991n, { a: [1, 'é'] }, true, 'x', null],
  )
  expect(row).toEqual({
    number: 7,
    large: 9_007_199_254_740_991,
    json: { a: [1, 'é'] },
    truth: true,
    text: 'x',
    nothing: null,
    exact: '1.50',
    float: 0.5,
    at: '2026-05-01 10:00:00+00',
    literal: 'a:b \\:c',
    formatted: '10:20:30',
    again: 'x7',
  })
  await expect(sql.query("select '9007199254740993'::bigint")).rejects.toThrow('select it as text')
  await expect(sql.query("select '\\x00'::bytea")).rejects.toThrow('must be selected as text or JSON')
})

test('parameters are named outside of literals and dollar-quoted text alone', () => {
  const text = toDataApiText("select $1::int, $12, 'it''s $1', '1:2 \\', $$ if a::int = $1 $$")
  expect(text).toBe("select :p1::int, :p12, 'it''s $1', U&'1\\003A2 \\\\', $$ if a::int = $1 $$")
})

test('a refusal of the database has its SQLSTATE, one of the Data API its name', async () => {
  const missing = await failure(sql.query('select * from nothing'))
  expect(missing).toMatchObject({ kind: 'refused', state: '42P01' })
  expect(missing.message).toBe('ERROR: relation "nothing" does not exist')
  const large = await failure(sql.query("select repeat('x', 1100000) as long"))
  expect(large).toMatchObject({ kind: 'refused', state: ANSWER_TOO_LARGE_STATE })
  const slow = (await startFakeDataApi(url, { statementTimeoutMs: 20 })).open()
  expect(await failure(slow.query('select pg_sleep(10)'))).toMatchObject({ kind: 'refused', state: '57014' })
  const impatient = api.open({ answerWithinMs: 30 })
  const late = await failure(impatient.query('select pg_sleep(1.5)::text'))
  expect(late).toMatchObject({ kind: 'unavailable', state: '57014' })
  expect(late.message).toContain('no answer within 30 ms')
  const nowhere = api.open({ endpoint: 'http://127.0.0.1:1' })
  expect(isUnavailable(await failure(nowhere.query('select 1')))).toBe(true)
})

test('a transaction is committed, or rolled back with the error of its work', async () => {
  await sql.query('create table kept (id int)')
  await sql.transaction(transaction => transaction.query('insert into kept values (1)'))
  const mistake = new TypeError('mistake')
  const failed = sql.transaction(async transaction => {
    await transaction.query('insert into kept values (2)')
    throw mistake
  })
  await expect(failed).rejects.toBe(mistake)
  const ignored = sql.transaction(async transaction => {
    await transaction.query('insert into kept values (3)')
    await transaction.query('insert into nothing values (3)').catch(() => {})
  })
  expect(await failure(ignored)).toMatchObject({ kind: 'refused', state: '25P02' })
  const expired = sql.transaction(async transaction => {
    await transaction.query('insert into kept values (4)')
    await api.expire()
    await transaction.query('insert into kept values (5)')
  })
  expect(isUnavailable(await failure(expired))).toBe(true)
  expect(await sql.query('select id from kept')).toEqual([{ id: 1 }])
})

test('a paused cluster is waited for, as long as the caller may; nothing is carried out twice', async () => {
  await sql.query('create table woken (id int)')
  api.pause(3)
  const before = api.calls.length
  await sql.query('insert into woken values (1)')
  expect(api.calls.length - before).toBe(4)
  api.pause(5)
  const impatient = api.open({ resumeWithinMs: 2, pause: () => 1.5 })
  const error = await failure(impatient.query('insert into woken values (2)'))
  expect(isUnavailable(error)).toBe(true)
  expect(error.message).toContain('resuming')
  await sql.query('insert into woken values (3)')
  expect(await sql.query('select id from woken order by 1')).toEqual([{ id: 1 }, { id: 3 }])
  await impatient.close()
  expect(isUnavailable(await failure(impatient.query('select 1')))).toBe(true)
})

test('migrations of processes that begin together are applied once', async () => {
  const things: Migration = { number: 1, name: 'things', statements: ['create table things (id int)'] }
  const applied = await Promise.all([1, 2].map(() => migrate(api.open(), [things])))
  expect(applied.flat()).toEqual([things])
})
