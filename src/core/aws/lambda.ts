/** Calls of AWS Lambda functions by name and alias. */
import { type AwsRetryPolicy, createAwsClient } from './aws-request.ts'
import { headerOf } from './http-pool.ts'
import type { ServiceSigner, Signer } from './sign.ts'

export type LambdaFunction = {
  /** Starts it with this event; resolves when Lambda has accepted the call. */
  readonly start: (event: object) => Promise<void>
  /** Calls it, and resolves to its result. Rejects too when the function fails. */
  readonly call: (event: object) => Promise<unknown>
}

/**
 * `name`: name and alias, `CdnPurger:live`; `endpoint`: that of Lambda in this Region. Calls reject with Error when Lambda does not respond as `retries` says, or
 * refuses.
 */
export const createLambdaFunction = (
  endpoint: string,
  sign: Signer & Partial<ServiceSigner>,
  name: string,
  retries: AwsRetryPolicy,
): LambdaFunction => {
  const request = createAwsClient(endpoint, sign, retries)
  const [id = '', alias = ''] = name.split(':')
  const invoke = async (type: 'Event' | 'RequestResponse', event: object): Promise<string> => {
    const answer = await request({
      method: 'POST',
      path: `/2015-03-31/functions/${id}/invocations?Qualifier=${alias}`,
      headers: { 'content-type': 'application/json', 'x-amz-invocation-type': type },
      body: JSON.stringify(event),
    })
    const isFailed = headerOf(answer, 'x-amz-function-error') !== undefined
    const isAccepted = answer.status === (type === 'Event' ? 202 : 200) && !isFailed
    const text = answer.body.toString()
    if (!isAccepted) throw new Error(`Lambda responded with ${answer.status}: ${text.slice(0, 300)}`)
    return text
  }
  return {
    start: async event => {
      await invoke('Event', event)
    },
    call: async event => JSON.parse(await invoke('RequestResponse', event)),
  }
}
