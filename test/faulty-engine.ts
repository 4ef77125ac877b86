/** The engine behind a door that fails on purpose: it loses requests and answers, or says no in DynamoDB's words. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Json, testEngine } from './kit.ts'
import { atTheEnd } from './lifetime.ts'

/**
 * `refuse`: never reaches the engine. `lose`: is carried out, its answer never comes back (`meanwhile` happens between the
 * two). Else the answer in the engine's place.
 */
export type Fault =
  | 'refuse'
  | 'lose'
  | { readonly meanwhile: () => Promise<unknown> }
  | { readonly status: number; readonly body: object }

/** What happens to a call; undefined: it goes through. */
export type Plan = (operation: string, input: Json) => Fault | undefined | Promise<Fault | undefined>

export type FaultyEngine = {
  readonly endpoint: string
  /** Sets what is to fail from now on. */
  readonly plan: (plan: Plan) => void
  /** How often each operation has come. */
  readonly calls: Record<string, number>
}

const closing: (() => void)[] = []
atTheEnd(() => {
  for (const close of closing.splice(0)) close()
})

/** A refusal in DynamoDB's words. */
export const exception = (type: string, more: object = {}): Fault => ({
  status: 400,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: 'on purpose', ...more },
})

/** A transaction that was cancelled for this reason, which the engine itself never gives. */
export const cancelled = (input: Json, code: string): Fault =>
  exception('TransactionCanceledException', {
    CancellationReasons: input.TransactItems.map((_: Json, i: number) => ({ Code: i === 0 ? code : 'None' })),
  })

/** Whether this only counts a request on its limits, before anything is done. */
export const isCount = (input: Json): boolean => JSON.stringify(input).includes('"limit#')

export const faultyEngine = async (): Promise<FaultyEngine> => {
  const engine = await testEngine()
  let plan: Plan = () => undefined
  const calls: Record<string, number> = {}

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? ''
    calls[operation] = (calls[operation] ?? 0) + 1
    const fault = await plan(operation, JSON.parse(body))
    if (fault === 'refuse') return request.socket.destroy()
    if (typeof fault === 'object' && 'status' in fault)
      return response.writeHead(fault.status).end(JSON.stringify(fault.body))
    const headers = Object.fromEntries(
      ['content-type', 'x-amz-target', 'x-amz-date', 'authorization'].map(name => [
        name,
        String(request.headers[name]),
      ]),
    )
    const answer = await fetch(engine.endpoint, { method: 'POST', headers, body })
    const text = await answer.text()
    if (typeof fault === 'object') await fault.meanwhile()
    if (fault !== undefined) return request.socket.destroy()
    return response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(text)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  closing.push(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}`,
    plan: next => {
      plan = next
    },
    calls,
  }
}
