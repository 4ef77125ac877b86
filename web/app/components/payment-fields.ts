/** Names of the fields and buttons of the staff's forms about payments. */

export const RECORD = 'record-payment'
export const PREVIEW_REFUND = 'preview-refund'
export const REFUND = 'refund'
export const REVIEW_REFUND = 'review-refund'
export const REVIEW_DONE = 'review-done'

/** Prefixes, before the id of a book: copies to refund, and whether they go back into stock. */
export const QUANTITY = 'quantity.'
export const RESTOCK = 'restock.'
/** The other fields of a refund. */
export const REFUND_FIELDS: readonly string[] = ['shipping', 'refund_amount', 'reason']
