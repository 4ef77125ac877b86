/** Links the account to Cognito, where the shop is set up for it, or takes the link away. */
import { data, Form } from 'react-router'
import { beginCognito, cognitoState, unlinkCognito } from '#src/accounts/cognito/api.ts'
import { getProfile } from '#src/accounts/profile/api.ts'
import { TextField } from '../../components/fields.tsx'
import { DoneNotice, FormNotice, fieldOf } from '../../components/form-notice.tsx'
import { SubmitButton } from '../../components/submit-button.tsx'
import { runFormAction } from '../../forms/form-action.server.ts'
import { type Refusal, visitContext } from '../../loading/visit.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import type { Route } from './+types/single-sign-on'

export const loader = async ({ context, url }: Route.LoaderArgs) => {
  const { readMine } = context.get(visitContext)
  const [{ available, linked }] = await Promise.all([readMine(cognitoState, {}), readMine(getProfile, {})])
  if (!available) throw data({ code: 'not_found', detail: '' } satisfies Refusal, { status: 404 })
  return { linked, isDone: url.searchParams.has('done') }
}

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction(
    { context, request },
    { kept: [], secret: ['current_password'] },
    async ({ change, text, secret }) => {
      if (text('intent') === 'link')
        return { address: (await change(beginCognito, { body: { link: true } })).url }
      await change(unlinkCognito, { body: { password: secret('current_password') } })
      return { address: undefined }
    },
  )

export const meta: Route.MetaFunction = () => pageMeta({ title: account.singleSignOn })

export default function SingleSignOn({ loaderData: { linked, isDone }, actionData }: Route.ComponentProps) {
  const answer = actionData?.refusal
  const address = actionData && 'address' in actionData ? actionData.address : undefined
  return (
    <div className="max-w-md">
      <h1 className="page-title">{account.singleSignOn}</h1>
      <p className="mb-6 text-lg text-soft">{linked ? account.ssoLinked : account.ssoIntro}</p>
      <DoneNotice text={isDone && linked && !actionData ? account.ssoDone : undefined} />
      <FormNotice answer={answer} />
      {address !== undefined ? (
        <p>
          <a href={address} rel="external" className="button">
            {account.ssoContinue}
          </a>
        </p>
      ) : linked ? (
        <Form method="post" noValidate>
          <TextField
            {...fieldOf(answer)('current_password')}
            label={account.currentPassword}
            hint={account.ssoPasswordHint}
            type="password"
            autoComplete="current-password"
          />
          <SubmitButton text={account.ssoUnlink} intent="unlink" className="button-danger" />
        </Form>
      ) : (
        <Form method="post">
          <SubmitButton text={account.ssoLink} intent="link" />
        </Form>
      )}
    </div>
  )
}
