/** Second step of the sign-in: a code of the authenticator app, or a recovery code. */
import { Form } from 'react-router'
import { signInWithCode, signInWithRecoveryCode } from '#src/accounts/two-factor/api.ts'
import { TextField } from '../../components/fields.tsx'
import { FormErrorSummary, fieldProps } from '../../components/form-notices.tsx'
import { FormPage } from '../../components/form-page.tsx'
import { SubmitButton } from '../../components/submit-button.tsx'
import { runFormAction } from '../../forms/form-action.server.ts'
import { safeRedirectPath, signInPath } from '../../paths.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import type { Route } from './+types/sign-in-code'

export const loader = ({ url }: Route.LoaderArgs) => ({
  next: safeRedirectPath(url.searchParams.get('next'), '/account'),
  isRecovery: url.searchParams.get('with') === 'recovery',
})

const TEXTS = { sign_in_failed: account.signInExpired }

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction(
    { context, request },
    { kept: [], secret: ['code'], texts: TEXTS },
    async ({ call, text }) => {
      const isRecovery = text('with') === 'recovery'
      const code = isRecovery ? text('code') : text('code').replaceAll(/\s/g, '')
      await call(isRecovery ? signInWithRecoveryCode : signInWithCode, { body: { code } })
      return { to: safeRedirectPath(text('next'), '/account') }
    },
  )

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.codeTitle })

export default function SignInCode({ loaderData: { next, isRecovery }, actionData }: Route.ComponentProps) {
  const error = actionData?.error
  const field = fieldProps(error)
  const other = new URLSearchParams({ next, ...(isRecovery ? {} : { with: 'recovery' }) })
  return (
    <div className="py-8">
      <FormPage
        title={account.codeTitle}
        intro={isRecovery ? account.recoveryIntro : account.codeIntro}
        links={[
          {
            to: `/sign-in/code?${other}`,
            text: isRecovery ? account.useApp : account.useRecoveryCode,
          },
          { to: signInPath(next), text: account.signIn },
        ]}
      >
        <FormErrorSummary error={error} />
        <Form method="post" noValidate>
          <input type="hidden" name="next" value={next} />
          <input type="hidden" name="with" value={isRecovery ? 'recovery' : 'app'} />
          <TextField
            key={String(isRecovery)}
            {...field('code')}
            label={isRecovery ? account.recoveryCode : account.code}
            autoComplete={isRecovery ? 'off' : 'one-time-code'}
            {...(isRecovery ? {} : { inputMode: 'numeric' as const })}
          />
          <SubmitButton text={account.codeButton} />
        </Form>
      </FormPage>
    </div>
  )
}
