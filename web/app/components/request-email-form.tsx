/** Form that requests an email (verification, password reset), and the confirmation that follows. */
import { Form, useLocation } from 'react-router'
import type { FormError } from '../forms/form-action.server.ts'
import { account } from '../texts/account.ts'
import { TextField } from './fields.tsx'
import { FormErrorSummary, fieldProps } from './form-notices.tsx'
import { FormPage } from './form-page.tsx'
import { SubmitButton } from './submit-button.tsx'

type Props = {
  readonly title: string
  readonly intro?: string
  readonly button: string
  readonly result: { readonly sent?: string; readonly error?: FormError | undefined } | undefined
}

export const RequestEmailForm = ({ title, intro, button, result }: Props) => {
  const { pathname } = useLocation()
  const links = [{ to: '/sign-in', text: account.signIn }]
  return (
    <div className="py-8">
      {result?.sent === undefined ? (
        <FormPage title={title} intro={intro} links={links}>
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
        </FormPage>
      ) : (
        <FormPage title={account.checkEmailTitle} links={links}>
          <p className="text-lg" role="status">
            {result.sent}
          </p>
          <p className="mt-4">{account.checkSpam}</p>
          <p className="mt-4">
            {/* A full page load, because the form of this page is at the same address. */}
            <a href={pathname} rel="external" className="button-quiet">
              {account.requestAnother}
            </a>
          </p>
        </FormPage>
      )}
    </div>
  )
}
