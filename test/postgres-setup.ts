/** Global setup: one PostgreSQL for all test files, started when the first of them asks for it. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { startTestPostgres, type TestPostgres } from './postgres-server.ts'

export default async ({ provide }: TestProject): Promise<() => Promise<void>> => {
  let starting: Promise<TestPostgres> | undefined
  const server = createServer(async (_, response) => {
    try {
      starting ??= startTestPostgres()
      response.end((await starting).url)
    } catch (error) {
      response.writeHead(500).end(String(error))
    }
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  provide('postgres', `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return async () => {
    server.close()
    await (await starting?.catch(() => undefined))?.stop()
  }
}
