/** Errors of the stand-in's API, as Stripe answers them. */
import type Stripe from 'stripe'

type Details = Pick<Stripe.StripeRawError, 'type' | 'code' | 'param'>

export class TestApiError extends Error {
  override readonly name = 'TestApiError'
  readonly status: number
  readonly details: Details

  constructor(status: number, message: string, details: Details) {
    super(message)
    this.status = status
    this.details = details
  }
}

export const invalidRequest = (message: string, code?: string, param?: string): TestApiError =>
  new TestApiError(400, message, {
    type: 'invalid_request_error',
    ...(code === undefined ? {} : { code }),
    ...(param === undefined ? {} : { param }),
  })

export const missing = (what: string, id: string): TestApiError =>
  new TestApiError(404, `No such ${what}: '${id}'`, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    param: 'id',
  })
