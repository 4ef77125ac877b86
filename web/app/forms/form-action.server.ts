/** What a form of an account's pages is answered: what to mend beside what was typed, and never a password. */
import { data, type RouterContextProvider, redirect } from 'react-router'
import { type ErrorCode, errorStatus } from '#src/core/errors.ts'
import { refusalOf, type Visit, visitContext } from '../loading/visit.ts'
import { formErrors } from '../texts/form-errors.ts'
import { t } from '../texts/texts.ts'
import { retryMessageFor } from './retry-message.server.ts'

export type FormAnswer = {
  /** What was typed, to be shown again. */
  readonly typed: Readonly<Record<string, string>>
  /** The fields to mend, in the order of the page. */
  readonly wrong: readonly string[]
  /** What stands in the way, in words. */
  readonly text: string
  readonly code: ErrorCode
}

export type Submitted = {
  readonly visit: Visit
  readonly change: Visit['change']
  /** What was typed into this field, without the space around it. */
  readonly text: (name: string) => string
  /** A password, as it was typed. */
  readonly secret: (name: string) => string
  readonly form: FormData
}

const LONGEST = 400

/** Which field a refusal is about, where it is about one. */
const FIELD_OF: { readonly [code in ErrorCode]?: string } = {
  password_refused: 'password',
  password_wrong: 'current_password',
  code_wrong: 'code',
  stock_would_be_negative: 'stock_delta',
}

type Issue = { readonly where: string }

/** `body.address.city` is the field `city`; a password asked for again is called `current_password` on every page. */
const fieldOf = ({ where }: Issue, fields: readonly string[]): string => {
  const name = where.split('.').at(-1) ?? where
  return name === 'password' && !fields.includes(name) ? 'current_password' : name
}

const refused = (error: unknown, typed: FormAnswer['typed'], fields: readonly string[]) => {
  const { code, extra } = refusalOf(error)
  const answer = (wrong: readonly string[], text: string, status: number) =>
    data({ refusal: { typed, wrong, text, code } satisfies FormAnswer }, { status })
  if (code === 'invalid_request') {
    const named = ((extra.errors ?? []) as readonly Issue[]).map(issue => fieldOf(issue, fields))
    const wrong = fields.filter(name => named.includes(name))
    return answer(wrong, wrong.length > 0 ? t.checkout.correctErrors : t.error.other, 422)
  }
  const words = formErrors[code]
  if (words !== undefined) {
    const field = FIELD_OF[code]
    return answer(field !== undefined && fields.includes(field) ? [field] : [], words, errorStatus[code])
  }
  const later = retryMessageFor(error)
  return answer([], later.text, later.status)
}

type Sent = { readonly context: Readonly<RouterContextProvider>; readonly request: Request }

/**
 * Runs `work` on a form with these fields. What it returns is the answer, or `{ to }`, the page to go on to; the shop's
 * refusals become `{ refusal }`, with what was typed into the fields that are in `kept`. Bugs are thrown on.
 */
export const runFormAction = async <Done extends object>(
  { context, request }: Sent,
  fields: { readonly kept: readonly string[]; readonly secret?: readonly string[] },
  work: (sent: Submitted) => Promise<Done | { readonly to: string }>,
) => {
  const visit = context.get(visitContext)
  const form = await request.formData()
  const secret = (name: string) => String(form.get(name) ?? '').slice(0, LONGEST)
  const text = (name: string) => secret(name).trim()
  try {
    const done = await work({ visit, change: visit.change, text, secret, form })
    const headers = visit.answerHeaders()
    if ('to' in done) return redirect(done.to, { status: 303, headers })
    return data({ ...done, refusal: undefined }, { headers })
  } catch (error) {
    if (error instanceof Response) throw error
    const typed = Object.fromEntries(fields.kept.map(name => [name, text(name)]))
    return refused(error, typed, [...fields.kept, ...(fields.secret ?? [])])
  }
}
