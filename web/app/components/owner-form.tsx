/**
 * Form of a change that asks the owner of the account again: for the password or, where that is not enough or
 * there is none, for a new sign-in before the form is shown.
 */
import type { ReactNode } from 'react'
import { Form, useLocation } from 'react-router'
import type { FormError } from '../forms/form-action.server.ts'
import { signInPath } from '../paths.ts'
import { account } from '../texts/account.ts'
import { TextField } from './fields.tsx'
import { fieldProps } from './form-notices.tsx'
import { SubmitButton } from './submit-button.tsx'

/** How the account signs in, and what is still needed to change that. */
export type Methods = {
  readonly password: boolean
  readonly proof: 'password' | 'none' | 'recent_sign_in' | 'second_factor'
  readonly passkeys: number
  readonly linked_identities: number
}

export const mustSignInAgain = ({ proof }: Methods): boolean =>
  proof === 'recent_sign_in' || proof === 'second_factor'

/** Asks for a new sign-in, which leads back to this page. */
export const SignInAgain = ({ methods: { proof, passkeys, linked_identities } }: { methods: Methods }) => {
  const { pathname } = useLocation()
  const needsFactor = proof === 'second_factor'
  return (
    <div className="mb-6">
      <p className="mb-4">{needsFactor ? account.factorNeeded : account.signInAgain}</p>
      <p className="flex flex-wrap gap-4">
        {(needsFactor || passkeys > 0) && (
          <a href={signInPath(pathname)} className="button-quiet">
            {needsFactor ? account.signIn : account.passkeySignIn}
          </a>
        )}
        {!needsFactor && linked_identities > 0 && (
          <a
            href={`/sign-in/cognito/start?${new URLSearchParams({ next: pathname, again: '1' })}`}
            rel="external"
            className="button-quiet"
          >
            {account.ssoSignIn}
          </a>
        )}
        {!needsFactor && (
          <a href="/forgot-password" className="link inline-flex items-center">
            {account.setPasswordByEmail}
          </a>
        )}
      </p>
    </div>
  )
}

/** The password of an account that has one. */
export const OwnerPassword = ({
  methods,
  error,
  id,
}: {
  readonly methods: Methods
  readonly error: FormError | undefined
  readonly id?: string | undefined
}) =>
  methods.proof === 'password' ? (
    <TextField
      {...fieldProps(error)('current_password')}
      {...(id === undefined ? {} : { id })}
      label={account.currentPassword}
      type="password"
      autoComplete="current-password"
    />
  ) : null

type Props = {
  readonly methods: Methods
  readonly error: FormError | undefined
  readonly button: string
  readonly intent?: string
  readonly isDangerous?: boolean
  /** The page that takes the form, where it is not this one: sent as a whole page load. */
  readonly action?: string
  /** Of the password's field, where a page has several. */
  readonly passwordId?: string
  /** Fields before the password. */
  readonly children?: ReactNode
}

export const OwnerForm = ({ methods, error, action, children, passwordId, ...button }: Props) => {
  if (mustSignInAgain(methods)) return <SignInAgain methods={methods} />
  return (
    <Form
      method="post"
      noValidate
      className="print:hidden"
      {...(action === undefined ? {} : { action, reloadDocument: true })}
    >
      {children}
      <OwnerPassword methods={methods} error={error} id={passwordId} />
      <SubmitButton
        text={button.button}
        {...(button.intent === undefined ? {} : { intent: button.intent })}
        className={button.isDangerous ? 'button-danger' : 'button mt-2 h-12 px-7'}
      />
    </Form>
  )
}
