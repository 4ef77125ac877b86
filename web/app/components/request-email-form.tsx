/** Form that requests an email (verification, password reset), and the confirmation that follows. */
import { Form } from 'react-router'
import type { FormError } from '../forms/form-action.server.ts'
import { account } from '../texts/account.ts'
import { TextField } from './fields.tsx'
import { FormErrorSummary, fieldProps } from './form-notices.tsx'
import { SubmitButton } from './submit-button.tsx'

type Props = {
  readonly title: string
  readonly intro?: string
  readonly button: string
  readonly result: { readonly sent?: string; readonly error?: FormError | undefined } | undefined
}

export const RequestEmailForm = ({ title, intro, button, result }: Props) => (
  <div className="max-w-md py-8">
    <h1 className="page-title">{result?.sent === undefined ? title : account.checkEmailTitle}</h1>
    {result?.sent === undefined ? (
      <>
        {intro && <p className="mb-6 text-lg text-soft">{intro}</p>}
        <FormErrorSummary error={result?.error} />
        <Form method="post" noValidate>
          <TextField
            {...fieldProps(result?.error)('email')}
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
          {result.sent}
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
