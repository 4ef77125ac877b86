/** One DynamoDB call sent directly to an engine. `fetch` is no client for it: like a browser, it refuses the engine's ports. */
import { request } from 'node:http'
import { text } from 'node:stream/consumers'

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely by tests
type Json = any

/** The engine refuses unsigned requests but does not check signatures. */
export const SIGNED_HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-date': '20260101T000000Z',
  authorization:
    'AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
}

/** Sends one operation and returns the parsed response. Rejects unless the status is 200. */
export const callDynamo = async (endpoint: string, operation: string, input: object): Promise<Json> => {
  const headers = { ...SIGNED_HEADERS, 'x-amz-target': `DynamoDB_20120810.${operation}` }
  const { status, body } = await new Promise<{ status: number | undefined; body: string }>((done, failed) => {
    const sent = request(endpoint, { method: 'POST', headers }, response => {
      text(response).then(body => done({ status: response.statusCode, body }), failed)
    })
    sent.on('error', failed)
    sent.end(JSON.stringify(input))
  })
  if (status !== 200) throw new Error(`${operation}: ${status} ${body}`)
  return JSON.parse(body)
}
