/** A form that asks for a mail to an address, and what is said once it is on its way. */
import { Form } from 'react-router'
import type { FormAnswer } from '../forms/form-action.server.ts'
import { account } from '../texts/account.ts'
import { TextField } from './fields.tsx'
import { FormNotice, fieldOf } from './form-notice.tsx'
import { SubmitButton } from './submit-button.tsx'

type Props = {
  readonly title: string
  readonly intro?: string
  readonly button: string
  readonly answer: { readonly sent?: string; readonly refusal?: FormAnswer | undefined } | undefined
}

export const AskForMail = ({ title, intro, button, answer }: Props) => (
  <div className="max-w-md py-8">
    <h1 className="page-title">{answer?.sent === undefined ? title : account.checkEmailTitle}</h1>
    {answer?.sent === undefined ? (
      <>
        {intro && <p className="mb-6 text-lg text-soft">{intro}</p>}
        <FormNotice answer={answer?.refusal} />
        <Form method="post" noValidate>
          <TextField
            {...fieldOf(answer?.refusal)('email')}
            label={account.email}
            type="email"
            autoComplete="username"
          />
          <SubmitButton text={button} />
        </Form>
      </>
    ) : (
      <>
        <p className="text-lg" role="status">
          {answer.sent}
        </p>
        <p className="mt-4">{account.checkSpam}</p>
      </>
    )}
    <p className="mt-6">
      <a href="/sign-in" className="link inline-flex min-h-6 items-center">
        {account.signIn}
      </a>
    </p>
  </div>
)
