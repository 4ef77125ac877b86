/** Two-step verification page: authenticator app and recovery codes. */
import { getSignInMethods, whoAmI } from '#src/accounts/api.ts'
import { beginTotp, confirmTotp, endTotp, renewRecoveryCodes } from '#src/accounts/two-factor/api.ts'
import { FormErrorSummary, SuccessNotice } from '../../components/form-notices.tsx'
import { FormPage } from '../../components/form-page.tsx'
import { OwnerForm } from '../../components/owner-form.tsx'
import { RecoveryCodes } from '../../components/recovery-codes.tsx'
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
  const [methods, { role }] = await Promise.all([readPrivate(getSignInMethods, {}), readPrivate(whoAmI, {})])
  const done = url.searchParams.get('done')
  return {
    methods,
    isOn: methods.authenticator_app,
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
    async ({ call, text, ownerPassword }) => {
      const body = { password: ownerPassword() }
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
  const { methods, isOn, isStaff, next, done } = loaderData
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
      {!setup && !isOn && (
        <AppForm methods={methods} intent="begin" button={account.appSetUp} error={error} />
      )}
      {isOn && !isTurnedOn && (
        <>
          <h2 className="section-title mt-10">{account.newRecoveryCodes}</h2>
          <p className="mb-4">{account.newRecoveryCodesIntro}</p>
          <AppForm methods={methods} intent="codes" button={account.newRecoveryCodes} error={error} />
          <h2 className="section-title mt-10">{account.appTurnOff}</h2>
          <AppForm methods={methods} intent="end" button={account.appTurnOff} error={undefined} isDangerous />
        </>
      )}
    </FormPage>
  )
}

type AppFormProps = Pick<Parameters<typeof OwnerForm>[0], 'methods' | 'error' | 'button' | 'isDangerous'> & {
  readonly intent: 'begin' | 'codes' | 'end'
}

/** The app is the second step of a sign-in with a password: without one, there is nothing to add it to. */
const AppForm = ({ intent, methods, ...form }: AppFormProps) =>
  methods.password ? (
    <OwnerForm {...form} methods={methods} intent={intent} passwordId={`${intent}-password`} />
  ) : (
    <>
      <p className="mb-4">{account.appNeedsPassword}</p>
      <a href="/account/password" className="button-quiet">
        {account.setPassword}
      </a>
    </>
  )
