/** Client of CloudFront's invalidations: the two calls that a purge needs, signed and without the AWS SDK. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type AwsRetryPolicy, createAwsClient } from '../core/aws/aws-request.ts'
import type { ServiceSigner, Signer } from '../core/aws/sign.ts'
import { backoff } from '../core/retry.ts'

export type CloudFront = {
  /**
   * Invalidates the paths; returns the id of the invalidation. The same `reference` with the same paths is the same invalidation.
   * Throws Error when CloudFront refuses it, also after retries because too many are in progress.
   */
  readonly invalidate: (reference: string, paths: readonly string[]) => Promise<string>
  /** Whether all edge locations have done it. */
  readonly isCompleted: (id: string) => Promise<boolean>
}

/** A refusal for too many invalidations in progress ends within seconds. */
const PATIENT: AwsRetryPolicy = { maxTries: 6, pause: backoff(500, 8_000), withinMs: 20_000 }
/** Of the question whether it is done, which is asked again anyway. */
const BRIEF: AwsRetryPolicy = {
  maxTries: 2,
  pause: backoff(50, 200),
  withinMs: 10_000,
  answerWithinMs: 5_000,
}
const TOO_MANY = /TooManyInvalidationsInProgress/

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const batchXml = (reference: string, paths: readonly string[]): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<InvalidationBatch xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/">',
    `<CallerReference>${escapeXml(reference)}</CallerReference>`,
    `<Paths><Items>${paths.map(path => `<Path>${escapeXml(path)}</Path>`).join('')}</Items>`,
    `<Quantity>${paths.length}</Quantity></Paths></InvalidationBatch>`,
  ].join('')

const xmlValue = (element: string, xml: string): string | undefined =>
  new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1]

/** `endpoint`: `https://cloudfront.amazonaws.com`, or what stands for it. */
export const createCloudFront = (
  endpoint: string,
  sign: Signer & Partial<ServiceSigner>,
  distributionId: string,
  { maxTries, pause, withinMs }: AwsRetryPolicy = PATIENT,
): CloudFront => {
  const call = createAwsClient(endpoint, sign, { maxTries, pause, withinMs })
  const ask = createAwsClient(endpoint, sign, BRIEF)
  const path = `/2020-05-31/distribution/${distributionId}/invalidation`

  const refusal = (status: number, text: string): Error =>
    new Error(`CloudFront responded with ${status}: ${xmlValue('Message', text) ?? text.slice(0, 300)}`)

  const invalidate: CloudFront['invalidate'] = async (reference, paths) => {
    const start = performance.now()
    for (let tries = 1; ; tries++) {
      const { status, body } = await call({
        method: 'POST',
        path,
        headers: { 'content-type': 'text/xml' },
        body: batchXml(reference, paths),
      })
      const text = body.toString()
      const id = xmlValue('Id', text)
      if ((status === 200 || status === 201) && id !== undefined) return id
      const isLast = tries === maxTries || performance.now() - start > withinMs
      if (isLast || !TOO_MANY.test(text)) throw refusal(status, text)
      await sleep(pause(tries))
    }
  }

  return {
    invalidate,
    isCompleted: async id => {
      const { status, body } = await ask({ method: 'GET', path: `${path}/${id}` })
      const text = body.toString()
      if (status !== 200) throw refusal(status, text)
      return xmlValue('Status', text) === 'Completed'
    },
  }
}
