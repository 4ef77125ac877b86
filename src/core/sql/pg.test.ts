import { expect, onTestFinished, test } from 'vitest'
import { openTestDatabase } from '../../../test/postgres.ts'
import { createPgSql } from './pg.ts'
import { isUnavailable, SqlError } from './sql.ts'

const { sql, url } = await openTestDatabase()

const failure = async (call: Promise<unknown>): Promise<SqlError> => {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(SqlError)
  return error as SqlError
}

test('parameters go as text, and rows come back as numbers, booleans, JSON and text', async () => {
  const [row] = await sql.query(
    `select $1::int as number, $2::bigint as large, $3::jsonb as json, $4::boolean as truth, $5 as text, $6::text as nothing,
            1.50::numeric as exact, 0.5::float8 as float, array[1, 2] as list, '2026-05-01T12:00:00+02:00'::timestamptz as at`,
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
    list: '{1,2}',
    at: '2026-05-01 10:00:00+00',
  })
  await expect(sql.query("select '9007199254740993'::bigint")).rejects.toThrow('select it as text')
})

test('a refusal of the server has its SQLSTATE', async () => {
  expect(await failure(sql.query('select * from nothing'))).toMatchObject({ kind: 'refused', state: '42P01' })
  const slow = createPgSql({ url, statementTimeoutMs: 50, session: { work_mem: '7MB' } })
  expect(await slow.query("select current_setting('work_mem') as memory")).toEqual([{ memory: '7MB' }])
  onTestFinished(slow.close)
  expect(await failure(slow.query('select pg_sleep(10)'))).toMatchObject({ kind: 'refused', state: '57014' })
  const stranger = createPgSql({ url: url.replace(/:[^:@]+@/, ':wrong@') })
  onTestFinished(stranger.close)
  expect(await failure(stranger.query('select 1'))).toMatchObject({ kind: 'refused', state: '28P01' })
})

test('a transaction is committed, or rolled back with the error of its work', async () => {
  await sql.query('create table kept (id int)')
  const add = (id: number) => sql.query('insert into kept values ($1::int)', [id])
  await sql.transaction(transaction => transaction.query('insert into kept values (1)'))
  const mistake = new TypeError('mistake')
  const failed = sql.transaction(async transaction => {
    await transaction.query('insert into kept values (2)')
    throw mistake
  })
  await expect(failed).rejects.toBe(mistake)
  // A statement that failed cannot be ignored: nothing of the transaction is kept, and that is not taken for success.
  const ignored = sql.transaction(async transaction => {
    await transaction.query('insert into kept values (3)')
    await transaction.query('insert into nothing values (3)').catch(() => {})
  })
  expect(await failure(ignored)).toMatchObject({ kind: 'refused', state: '25P02' })
  await add(4)
  expect(await sql.query('select id from kept order by id')).toEqual([{ id: 1 }, { id: 4 }])
})

test('statements of an unlimited transaction take as long as they take; others are given up, and so is their connection', async () => {
  const short = createPgSql({ url, connections: 1, statementTimeoutMs: 50, networkGraceMs: 50 })
  onTestFinished(short.close)
  const slow = "select pg_sleep(0.3), 'slept' as done"
  const [row] = await short.transaction(({ query }) => query(slow), { isUnlimited: true })
  expect(row?.done).toBe('slept')
  expect(await failure(short.transaction(({ query }) => query(slow)))).toMatchObject({ state: '57014' })
  // A server that does not end it itself, as one that hangs.
  const hanging = short.transaction(async ({ query }) => {
    await query('set local statement_timeout = 0')
    await query('select pg_sleep(1)')
  })
  expect(isUnavailable(await failure(hanging))).toBe(true)
  expect(await short.query('select 1 as one')).toEqual([{ one: 1 }])
})

test('a lost connection is unavailable, and the next statement has a new one', async () => {
  const own = createPgSql({ url, connections: 2 })
  onTestFinished(own.close)
  const [backend] = await own.query<{ pid: number }>('select pg_backend_pid() as pid')
  const lost = own.transaction(async transaction => {
    const [busy] = await transaction.query<{ pid: number }>('select pg_backend_pid() as pid')
    await sql.query('select pg_terminate_backend($1::int), pg_terminate_backend($2::int)', [
      busy?.pid,
      backend?.pid,
    ])
    await transaction.query('select 1')
  })
  expect(isUnavailable(await failure(lost))).toBe(true)
  expect(await own.query('select 1 as one')).toEqual([{ one: 1 }])
})

test('a server that is not there is unavailable, and so is a closed client', async () => {
  const nowhere = createPgSql({ url: 'postgres://a:b@127.0.0.1:1/c' })
  expect(await failure(nowhere.query('select 1'))).toMatchObject({ kind: 'unavailable', state: undefined })
  await nowhere.close()
  await nowhere.close()
  expect(isUnavailable(await failure(nowhere.query('select 1')))).toBe(true)
})
