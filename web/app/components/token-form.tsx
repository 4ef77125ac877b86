/**
 * Where a link of an account's mail leads. Fetching the page spends nothing, as mail programs fetch links by themselves;
 * its button does, with or without scripts.
 */
import type { ReactNode } from 'react'
import { Form } from 'react-router'
import type { FormAnswer } from '../forms/form-action.server.ts'
import { account } from '../texts/account.ts'
import { t } from '../texts/texts.ts'
import { FormNotice } from './form-notice.tsx'
import { SubmitButton } from './submit-button.tsx'

type Props = {
  readonly title: string
  readonly intro: string
  readonly button: string
  /** What is said of a link that was used or has expired. */
  readonly over: string
  /** Empty: the link was cut off. */
  readonly token: string
  readonly answer: FormAnswer | undefined
  /** Where one gets another link. */
  readonly again: { readonly to: string; readonly text: string }
  /** The fields of the form. */
  readonly children?: ReactNode
}

export const TokenForm = ({ title, intro, button, over, token, answer, again, children }: Props) => {
  const isOver = answer?.code === 'link_invalid'
  const problem = token === '' ? t.error.linkIncomplete : isOver ? over : undefined
  return (
    <div className="max-w-md py-8">
      <h1 className="page-title">{title}</h1>
      {problem === undefined ? (
        <>
          <p className="mb-6 text-lg text-soft">{intro}</p>
          <FormNotice answer={answer} />
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
            <a href={again.to} className="button">
              {again.text}
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
