/** Two-step verification page: authenticator app and recovery codes. */
import { Form } from 'react-router'
import { whoAmI } from '#src/accounts/api.ts'
import { beginTotp, confirmTotp, endTotp, getTotp, renewRecoveryCodes } from '#src/accounts/two-factor/api.ts'
import { TextField } from '../../components/fields.tsx'
import { FormErrorSummary, fieldProps, SuccessNotice } from '../../components/form-notices.tsx'
import { FormPage } from '../../components/form-page.tsx'
import { RecoveryCodes } from '../../components/recovery-codes.tsx'
import { SubmitButton } from '../../components/submit-button.tsx'
import { TotpSetup } from '../../components/totp-setup.tsx'
import { runFormAction } from '../../forms/form-action.server.ts'
import { createQrCode } from '../../forms/qr-code.server.ts'
import { pageContext } from '../../loading/page-context.ts'
import { safeRedirectPath } from '../../paths.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import type { Route } from './+types/two-factor'

const DONE = { on: account.appTurnedOn, off: account.appTurnedOff }

export const loader = async ({ context, url }: Route.LoaderArgs) => {
  const { readPrivate } = context.get(pageContext)
  const [{ enabled }, { role }] = await Promise.all([readPrivate(getTotp, {}), readPrivate(whoAmI, {})])
  const done = url.searchParams.get('done')
  return {
    isOn: enabled,
    isStaff: role === 'staff' || role === 'admin',
    next: safeRedirectPath(url.searchParams.get('next'), '/account/two-factor?done=on'),
    done: done === 'on' || done === 'off' ? DONE[done] : undefined,
  }
}

const parseCodes = (codes: string): string[] => codes.match(/[A-Za-z0-9-]+/g) ?? []

/**
 * Data of the setup form. The page carries the URI and the recovery codes until the first code is confirmed:
 * codes that were shown before would belong to an app that may never be turned on.
 */
const parseTotpSetup = (uri: string, recoveryCodes: string) => {
  const key = URL.canParse(uri) ? new URL(uri).searchParams.get('secret') : null
  return uri.startsWith('otpauth://totp/') && uri.length < 400 && key !== null
    ? { uri, secret: key.match(/.{1,4}/g)?.join(' ') ?? key, qrCode: createQrCode(uri), recoveryCodes }
    : undefined
}

export const action = async ({ context, request }: Route.ActionArgs) => {
  const answer = await runFormAction(
    { context, request },
    { kept: ['uri', 'recovery_codes'], secret: ['current_password', 'code'] },
    async ({ call, text, secret }) => {
      const body = { password: secret('current_password') }
      switch (text('intent')) {
        case 'begin': {
          const { totp_uri, recovery_codes } = await call(beginTotp, { body })
          return { setup: parseTotpSetup(totp_uri, recovery_codes.join(' ')), codes: undefined }
        }
        case 'confirm':
          await call(confirmTotp, { body: { code: text('code').replaceAll(/\s/g, '') } })
          return {
            setup: undefined,
            codes: parseCodes(text('recovery_codes')),
            next: safeRedirectPath(text('next'), '/account/two-factor?done=on'),
          }
        case 'codes':
          return { setup: undefined, codes: (await call(renewRecoveryCodes, { body })).recovery_codes }
        default:
          await call(endTotp, { body })
          return { to: '/account/two-factor?done=off' }
      }
    },
  )
  // After a wrong code, the same setup is shown again.
  const error = answer instanceof Response ? undefined : answer.data.error
  if (answer instanceof Response || !error || error.code === 'second_factor_unset') return answer
  return {
    ...answer,
    data: {
      error,
      setup: parseTotpSetup(error.values.uri ?? '', error.values.recovery_codes ?? ''),
      codes: undefined,
    },
  }
}

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.app })

export default function TwoFactor({ loaderData, actionData }: Route.ComponentProps) {
  const { isOn, isStaff, next, done } = loaderData
  const error = actionData?.error
  const setup = actionData && 'setup' in actionData ? actionData.setup : undefined
  const codes = actionData && 'codes' in actionData ? actionData.codes : undefined
  const isTurnedOn = actionData !== undefined && 'next' in actionData
  return (
    <FormPage
      title={account.app}
      intro={`${isOn ? account.appOn : account.appIntro} ${isStaff && !isOn ? account.appRequired : ''}`}
    >
      <SuccessNotice text={isTurnedOn ? account.appTurnedOn : actionData ? undefined : done} />
      {!setup && <FormErrorSummary error={error} />}
      {codes && <RecoveryCodes codes={codes} />}
      {isTurnedOn && (
        <p className="print:hidden">
          <a href={actionData.next} className="button">
            {account.codesSaved}
          </a>
        </p>
      )}
      {setup && <TotpSetup {...setup} next={next} error={error} />}
      {!setup && !isOn && <PasswordForm intent="begin" button={account.appSetUp} error={error} />}
      {isOn && !isTurnedOn && (
        <>
          <h2 className="section-title mt-10">{account.newRecoveryCodes}</h2>
          <p className="mb-4">{account.newRecoveryCodesIntro}</p>
          <PasswordForm intent="codes" button={account.newRecoveryCodes} error={error} />
          <h2 className="section-title mt-10">{account.appTurnOff}</h2>
          <PasswordForm intent="end" button={account.appTurnOff} error={undefined} isDangerous />
        </>
      )}
    </FormPage>
  )
}

type PasswordProps = {
  readonly intent: 'begin' | 'codes' | 'end'
  readonly button: string
  readonly error: Parameters<typeof fieldProps>[0]
  readonly isDangerous?: boolean
}

const PasswordForm = ({ intent, button, error, isDangerous = false }: PasswordProps) => (
  <Form method="post" noValidate className="print:hidden">
    <TextField
      {...fieldProps(error)('current_password')}
      id={`${intent}-password`}
      label={account.currentPassword}
      type="password"
      autoComplete="current-password"
    />
    <SubmitButton
      text={button}
      intent={intent}
      className={isDangerous ? 'button-danger' : 'button mt-2 h-12 px-7'}
    />
  </Form>
)
