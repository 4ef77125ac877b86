/**
 * Where a link of an account's mail leads. Fetching the page spends nothing, as mail programs fetch links by themselves;
 * its button does, with or without scripts.
 */
import type { ReactNode } from 'react'
import { Form } from 'react-router'
import type { FormError } from '../forms/form-action.server.ts'
import { account } from '../texts/account.ts'
import { t } from '../texts/texts.ts'
import { FormErrorSummary } from './form-notices.tsx'
import { SubmitButton } from './submit-button.tsx'

type Props = {
  readonly title: string
  readonly intro: string
  readonly button: string
  /** What is said of a link that was used or has expired. */
  readonly expired: string
  /** Empty: the link was cut off. */
  readonly token: string
  readonly error: FormError | undefined
  /** Where one gets another link. */
  readonly requestNew: { readonly to: string; readonly text: string }
  /** The fields of the form. */
  readonly children?: ReactNode
}

export const TokenForm = ({ title, intro, button, expired, token, error, requestNew, children }: Props) => {
  const isExpired = error?.code === 'link_invalid'
  const problem = token === '' ? t.error.linkIncomplete : isExpired ? expired : undefined
  return (
    <div className="max-w-md py-8">
      <h1 className="page-title">{title}</h1>
      {problem === undefined ? (
        <>
          <p className="mb-6 text-lg text-soft">{intro}</p>
          <FormErrorSummary error={error} />
          <Form method="post" noValidate>
            <input type="hidden" name="token" value={token} />
            {children}
            <SubmitButton text={button} />
          </Form>
        </>
      ) : (
        <>
          <p role="alert" className="notice-bad mt-6 mb-6">
            {problem}
          </p>
          <p className="flex flex-wrap gap-4">
            <a href={requestNew.to} className="button">
              {requestNew.text}
            </a>
            <a href="/sign-in" className="button-quiet">
              {account.signIn}
            </a>
          </p>
        </>
      )}
    </div>
  )
}
