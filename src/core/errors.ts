/** The shop's error type, the only one whose message a client sees. Every other error is a bug: logged, and answered 500 without detail. */

/** The closed list of error codes, each with its HTTP status. OpenAPI publishes the same list. */
export const errorStatus = {
  // the request
  malformed_json: 400,
  malformed_request: 400,
  invalid_request: 400,
  bad_cursor: 400,
  idempotency_key_missing: 400,
  not_signed_in: 401,
  sign_in_failed: 401,
  forbidden: 403,
  email_not_verified: 403,
  account_disabled: 403,
  second_factor_needed: 403,
  reauthentication_needed: 403,
  cross_site_request: 403,
  event_refused: 400,
  invoice_not_allowed: 403,
  // what was not found
  not_found: 404,
  book_not_found: 404,
  order_not_found: 404,
  session_not_found: 404,
  passkey_not_found: 404,
  address_not_found: 404,
  account_not_found: 404,
  link_invalid: 404,
  checkout_not_found: 404,
  invoice_not_found: 404,
  cart_line_not_found: 404,
  method_not_allowed: 405,
  body_too_slow: 408,
  // conflicts and limits
  account_exists: 409,
  book_exists: 409,
  book_changed: 409,
  cart_changed: 409,
  cart_empty: 409,
  out_of_stock: 409,
  price_changed: 409,
  status_conflict: 409,
  payment_method_unavailable: 409,
  collection_unavailable: 409,
  checkout_over: 409,
  checkout_paid: 409,
  refund_not_possible: 409,
  payment_conflict: 409,
  second_factor_set: 409,
  second_factor_unset: 409,
  reports_off: 409,
  precondition_failed: 412,
  body_too_large: 413,
  unsupported_media_type: 415,
  quantity_limit: 422,
  line_limit: 422,
  address_limit: 422,
  idempotency_key_reused: 422,
  password_refused: 422,
  password_wrong: 422,
  code_wrong: 422,
  passkey_refused: 422,
  stock_would_be_negative: 422,
  refund_too_large: 422,
  precondition_required: 428,
  too_many_requests: 429,
  mail_limit: 429,
  unpaid_limit: 429,
  internal_error: 500,
  index_not_ready: 503,
  index_too_large: 503,
  store_busy: 503,
  store_unavailable: 503,
  shop_moving: 503,
  writes_paused: 503,
  identity_provider_unavailable: 503,
  reports_unavailable: 503,
  payment_unavailable: 503,
  maintenance: 503,
} as const

export type ErrorCode = keyof typeof errorStatus
export const errorCodes = Object.keys(errorStatus) as ErrorCode[]

/** `detail` is a sentence for a person; `extra` are further members of the problem document, for example the lines that are out of stock. */
export class ShopError extends Error {
  readonly code: ErrorCode
  readonly extra: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, detail: string, extra: Readonly<Record<string, unknown>> = {}) {
    super(detail)
    this.name = 'ShopError'
    this.code = code
    this.extra = extra
  }
}
