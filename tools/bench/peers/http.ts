/** HTTP client of shoppers with keep-alive connections. */
import { Pool } from 'undici'
import { type Answer, type Call, RefusedError } from './peer.ts'

const CONNECTIONS = 64
/** Long timeout, because 50 concurrent buyers wait for each other in some peers. */
const TIMEOUT_MS = 180_000

const tryParse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export const createHttpClient = (
  port: number,
): { readonly call: Call; readonly close: () => Promise<void> } => {
  const pool = new Pool(`http://127.0.0.1:${port}`, {
    connections: CONNECTIONS,
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
  })
  const call: Call = async (method, path, { headers = {}, body } = {}) => {
    const answer = await pool.request({
      method,
      path,
      headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
      body: body === undefined ? null : JSON.stringify(body),
    })
    return { status: answer.statusCode, headers: answer.headers, body: tryParse(await answer.body.text()) }
  }
  return { call, close: () => pool.close() }
}

/** Body of a successful response. Throws RefusedError otherwise. */
export const expectSuccess = (step: string, answer: Answer): unknown => {
  if (answer.status < 200 || answer.status >= 300) throw new RefusedError(step, answer)
  return answer.body
}
