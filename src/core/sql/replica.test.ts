import { expect, test, vi } from 'vitest'
import { createReplicaSql } from './replica.ts'
import { type Sql, SqlError } from './sql.ts'

const database = (name: string, failure?: () => Error | undefined): Sql => {
  const answer = async () => {
    const error = failure?.()
    if (error) throw error
    return [{ name }]
  }
  const sql: Sql = { query: answer as Sql['query'], transaction: work => work(sql), close: async () => {} }
  return sql
}

test('reports read the replica, the writer while it cannot be reached, and the replica again later', async () => {
  let error: Error | undefined
  let time = 0
  const onFallback = vi.fn()
  const replica = database('replica', () => error)
  const sql = createReplicaSql({ replica, writer: database('writer') }, onFallback, () => time)
  const ask = () => sql.query('select name')
  expect(await ask()).toEqual([{ name: 'replica' }])
  error = new SqlError('unavailable', 'no connection')
  expect(await ask()).toEqual([{ name: 'writer' }])
  expect(await sql.transaction(transaction => transaction.query('select name'))).toEqual([{ name: 'writer' }])
  expect(onFallback).toHaveBeenCalledOnce()
  error = undefined
  expect(await ask()).toEqual([{ name: 'writer' }])
  time = 10_000
  expect(await ask()).toEqual([{ name: 'replica' }])
  // A statement that the replica refuses would be refused by the writer too.
  error = new SqlError('refused', 'no such column', '42703')
  await expect(ask()).rejects.toBe(error)
  expect(onFallback).toHaveBeenCalledOnce()
})
