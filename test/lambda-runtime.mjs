/**
 * Minimal Lambda runtime: imports the handler, reads events as lines from stdin, and writes results as lines to fd 3; where
 * REPORT_TABLE_CALLS is set, also the calls of tables.
 */
import { writeSync } from 'node:fs'
import { createInterface } from 'node:readline'

const timeout = Number(process.env.AWS_LAMBDA_TIMEOUT_MS ?? 29_000)

const answer = async ({ id, event }) => {
  const end = Date.now() + timeout
  const context = {
    awsRequestId: id,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    getRemainingTimeInMillis: () => end - Date.now(),
  }
  try {
    const result = await handler(event, context)
    return { id, result, ...used() }
  } catch (error) {
    return { id, error: String(error?.stack ?? error) }
  }
}

const write = line => {
  const bytes = Buffer.from(`${JSON.stringify(line)}\n`)
  for (let at = 0; at < bytes.length; )
    try {
      at += writeSync(3, bytes, at)
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error
    }
}

/** Milliseconds since the process started, and CPU time used. */
const used = () => {
  const { user, system } = process.cpuUsage()
  return { ms: performance.now(), cpu: (user + system) / 1000 }
}

const reportTableCalls = () => {
  const http = process.getBuiltinModule('node:http')
  const { request } = http
  http.request = (options, ...more) => {
    const sent = request(options, ...more)
    const [api, operation] = String(options.headers?.['x-amz-target'] ?? '').split('.')
    if (!api.startsWith('DynamoDB_')) return sent
    const { end } = sent
    sent.end = (body, ...rest) => {
      write({ id: 'call', operation, input: String(body) })
      return end.call(sent, body, ...rest)
    }
    return sent
  }
}

if (process.env.REPORT_TABLE_CALLS) reportTableCalls()
const { handler } = await import(process.env._HANDLER_FILE)
write({ id: 'ready', ...used() })
for await (const line of createInterface({ input: process.stdin })) void answer(JSON.parse(line)).then(write)
