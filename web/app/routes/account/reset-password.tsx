/** Page of an emailed link that sets a new password; also the first one of invited staff. */
import { data } from 'react-router'
import { previewReset, resetPassword } from '#src/accounts/api.ts'
import { CheckField } from '../../components/check-field.tsx'
import { TextField } from '../../components/fields.tsx'
import { fieldProps } from '../../components/form-notices.tsx'
import { TokenForm } from '../../components/token-form.tsx'
import { readEmailToken } from '../../forms/email-token.server.ts'
import { runFormAction } from '../../forms/form-action.server.ts'
import { pageContext, toShopError } from '../../loading/page-context.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import { t } from '../../texts/texts.ts'
import type { Route } from './+types/reset-password'

const LINK_CODES: readonly string[] = ['link_invalid', 'invalid_request']

export const loader = async ({ context, url }: Route.LoaderArgs) => {
  const { data: link, init } = readEmailToken(url)
  if (link.token === '') return data({ ...link, isExpired: false, others: undefined }, init ?? {})
  try {
    const others = await context.get(pageContext).call(previewReset, { body: { token: link.token } })
    return data({ ...link, isExpired: false, others })
  } catch (error) {
    // Where the ways cannot be listed for now, the form is shown without them.
    const isExpired = LINK_CODES.includes(toShopError(error).code)
    return data({ ...link, isExpired, others: undefined }, { status: isExpired ? 404 : 200 })
  }
}

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction({ context, request }, { kept: [], secret: ['password'] }, async ({ call, text, secret }) => {
    const remove_other_methods = text('asked') === '' || text('remove_other_methods') !== ''
    await call(resetPassword, {
      body: { token: text('token'), password: secret('password'), remove_other_methods },
    })
    return { to: '/sign-in?done=password' }
  })

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.resetTitle })

export default function ResetPassword({ loaderData, actionData }: Route.ComponentProps) {
  const { token, isExpired, others } = loaderData
  const error = actionData?.error
  const ways = [
    ...(others && others.passkeys > 0 ? [account.passkeyCount(others.passkeys)] : []),
    ...(others && others.linked_identities > 0
      ? [account.linkedIdentityCount(others.linked_identities)]
      : []),
  ].join(' and ')
  return (
    <TokenForm
      title={account.resetTitle}
      intro={account.resetIntro}
      button={account.resetButton}
      expired={t.error.linkExpired}
      isExpired={isExpired}
      token={token}
      error={error}
      requestNew={{ to: '/forgot-password', text: account.requestLink }}
    >
      <TextField
        {...fieldProps(error)('password')}
        label={account.newPassword}
        hint={account.passwordHint}
        type="password"
        autoComplete="new-password"
      />
      {ways !== '' && (
        <>
          <input type="hidden" name="asked" value="yes" />
          <CheckField
            name="remove_other_methods"
            label={account.resetRemove}
            hint={account.resetRemoveHint(ways)}
            isChecked
          />
        </>
      )}
      {others?.authenticator_app && <p className="mb-4">{account.resetKeepsApp}</p>}
      {others !== undefined && others.kept_passkeys > 0 && (
        <p className="mb-4">{account.resetKeepsPasskeys}</p>
      )}
    </TokenForm>
  )
}
