/**
 * Action helper for forms: runs an API call and turns its errors into form errors. Passwords are never sent
 * back.
 */

import { data, type RouterContextProvider, redirect } from 'react-router'
import { type ErrorCode, errorStatus } from '#src/core/errors.ts'
import { truncate } from '#src/core/truncate.ts'
import { type PageContext, pageContext, toShopError } from '../loading/page-context.ts'
import { formErrors } from '../texts/form-errors.ts'
import { t } from '../texts/texts.ts'
import { type AddressForm, type AddressKind, addressForm, fieldNames } from './address-form.server.ts'
import { retryMessageFor } from './retry-message.server.ts'

export type FormError = {
  /** Submitted values, to be shown again. */
  readonly values: Readonly<Record<string, string>>
  /** In the order of the page. */
  readonly invalidFields: readonly string[]
  /** Message of the error summary. */
  readonly text: string
  readonly code: ErrorCode
  /** Of a form with an address: the form of the submitted country. */
  readonly addressForm?: AddressForm
}

export type Submission = {
  readonly ctx: PageContext
  readonly call: PageContext['call']
  /** Value of a field, trimmed. */
  readonly text: (name: string) => string
  /** Value of a password field, not trimmed. */
  readonly secret: (name: string) => string
  /** The password that confirms a change; undefined where the form does not ask for it. */
  readonly ownerPassword: () => string | undefined
  readonly form: FormData
}

const MAX_LENGTH = 400
const OWNER_PASSWORD = 'current_password'

/** Field that an error code refers to. */
const FIELD_BY_CODE: { readonly [code in ErrorCode]?: string } = {
  password_refused: 'password',
  password_wrong: 'current_password',
  code_wrong: 'code',
  stock_would_be_negative: 'stock_delta',
}

/** Errors of which the API says more than a text of ours could. */
const DETAILED: ReadonlySet<ErrorCode> = new Set([
  'refund_not_possible',
  'refund_too_large',
  'payment_conflict',
])

type Issue = { readonly where: string }

/**
 * Maps `body.address.city` to the field `city`, and a password that confirms an action to `current_password`.
 */
const issueField = ({ where }: Issue, fields: readonly string[]): string => {
  const name = where.split('.').at(-1) ?? where
  return name === 'password' && !fields.includes(name) ? 'current_password' : name
}

type Texts = { readonly [code in ErrorCode]?: string }

/** The fields of a page in its order: the address comes last, in the order of its country. */
const inFormOrder = (fields: readonly string[], form: AddressForm | undefined): readonly string[] => {
  if (form === undefined) return fields
  const address = fieldNames(form)
  return [...fields.filter(name => !address.includes(name)), ...address]
}

const toErrorData = (
  error: unknown,
  values: FormError['values'],
  fields: readonly string[],
  texts: Texts | undefined,
  form: AddressForm | undefined,
) => {
  const { code, extra, message: detail } = toShopError(error)
  const respond = (invalidFields: readonly string[], text: string, status: number) => {
    const shown = form === undefined ? {} : { addressForm: form }
    return data({ error: { values, invalidFields, text, code, ...shown } satisfies FormError }, { status })
  }
  if (code === 'invalid_request') {
    const reported = ((extra.errors ?? []) as readonly Issue[]).map(issue => issueField(issue, fields))
    const invalidFields = inFormOrder(fields, form).filter(name => reported.includes(name))
    return respond(invalidFields, invalidFields.length > 0 ? t.checkout.correctErrors : t.error.other, 422)
  }
  const message = texts?.[code] ?? (DETAILED.has(code) ? detail : formErrors[code])
  if (message !== undefined) {
    const field = FIELD_BY_CODE[code]
    return respond(field !== undefined && fields.includes(field) ? [field] : [], message, errorStatus[code])
  }
  const later = retryMessageFor(error)
  return respond([], later.text, later.status)
}

type ActionArgs = { readonly context: Readonly<RouterContextProvider>; readonly request: Request }

/**
 * Runs `work` on a submitted form. Its result becomes the action data, or a redirect if it is `{ to }`. API
 * errors become `{ error }`, with the submitted values of the fields in `kept`; other errors are rethrown.
 */
export const runFormAction = async <Done extends object>(
  { context, request }: ActionArgs,
  fields: {
    /** By the submitted form, where the page does not know the names of its fields. */
    readonly kept: readonly string[] | ((form: FormData) => readonly string[])
    readonly secret?: readonly string[]
    /** Messages of this form, where they differ from those of other forms. */
    readonly texts?: Texts
    /** Of a form with an address. */
    readonly address?: AddressKind
  },
  work: (sent: Submission) => Promise<Done | { readonly to: string }>,
) => {
  const ctx = context.get(pageContext)
  const form = await request.formData()
  const secret = (name: string) => String(form.get(name) ?? '').slice(0, MAX_LENGTH)
  const text = (name: string) => truncate(String(form.get(name) ?? ''), MAX_LENGTH).trim()
  try {
    const ownerPassword = () => (form.has(OWNER_PASSWORD) ? secret(OWNER_PASSWORD) : undefined)
    const done = await work({ ctx, call: ctx.call, text, secret, ownerPassword, form })
    const headers = ctx.responseHeaders()
    if ('to' in done) return redirect(done.to, { status: 303, headers })
    return data({ ...done, error: undefined }, { headers })
  } catch (error) {
    if (error instanceof Response) throw error
    const kept = typeof fields.kept === 'function' ? fields.kept(form) : fields.kept
    const values = Object.fromEntries(kept.map(name => [name, text(name)]))
    const address = fields.address && addressForm(values.country ?? '', fields.address)
    return toErrorData(error, values, [...kept, ...(fields.secret ?? [])], fields.texts, address)
  }
}
