/**
 * Page of an emailed link. Opening it does not use the token up, because mail programs prefetch links;
 * submitting its form does.
 */
import type { ReactNode } from 'react'
import { Form } from 'react-router'
import type { FormError } from '../forms/form-action.server.ts'
import { account } from '../texts/account.ts'
import { t } from '../texts/texts.ts'
import { FormErrorSummary } from './form-notices.tsx'
import { FormPage } from './form-page.tsx'
import { SubmitButton } from './submit-button.tsx'

type Props = {
  readonly title: string
  readonly intro: string
  readonly button: string
  /** Message for a link that was used or has expired. */
  readonly expired: string
  /** Whether that is known before the form is sent. */
  readonly isExpired?: boolean
  /** Empty if the link is incomplete. */
  readonly token: string
  readonly error: FormError | undefined
  /** Link to the page that requests a new email. */
  readonly requestNew: { readonly to: string; readonly text: string }
  /** Fields of the form. */
  readonly children?: ReactNode
}

export const TokenForm = ({ expired, isExpired = false, token, error, requestNew, ...form }: Props) => {
  const { title, intro, button, children } = form
  const isOver = isExpired || error?.code === 'link_invalid'
  const problem = token === '' ? t.error.linkIncomplete : isOver ? expired : undefined
  return (
    <div className="py-8">
      {problem === undefined ? (
        <FormPage title={title} intro={intro}>
          <FormErrorSummary error={error} />
          <Form method="post" noValidate>
            <input type="hidden" name="token" value={token} />
            {children}
            <SubmitButton text={button} />
          </Form>
        </FormPage>
      ) : (
        <FormPage title={title}>
          <p role="alert" className="notice-bad mb-6">
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
        </FormPage>
      )}
    </div>
  )
}
