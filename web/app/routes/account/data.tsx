/** All that the shop holds about a shopper, as a file; and the end of the account. */
import { Form } from 'react-router'
import { getProfile } from '#src/accounts/profile/api.ts'
import { deleteMe, exportMe } from '#src/privacy/api.ts'
import { TextField } from '../../components/fields.tsx'
import { FormNotice, fieldOf } from '../../components/form-notice.tsx'
import { SubmitButton } from '../../components/submit-button.tsx'
import { runFormAction } from '../../forms/form-action.server.ts'
import { visitContext } from '../../loading/visit.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import type { Route } from './+types/data'

export const loader = async ({ context }: Route.LoaderArgs) => {
  await context.get(visitContext).readMine(getProfile, {})
  return { file: exportMe.path }
}

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction(
    { context, request },
    { kept: [], secret: ['current_password'] },
    async ({ change, secret }) => {
      await change(deleteMe, { body: { password: secret('current_password') } })
      return { to: '/sign-in?done=deleted' }
    },
  )

export const meta: Route.MetaFunction = () => pageMeta({ title: account.yourData })

export default function YourData({ loaderData: { file }, actionData }: Route.ComponentProps) {
  const answer = actionData?.refusal
  return (
    <div className="max-w-xl">
      <h1 className="page-title">{account.yourData}</h1>
      <p className="mb-6 text-lg text-soft">{account.dataIntro}</p>
      <p>
        <a href={file} download className="button-quiet">
          {account.downloadData}
        </a>
      </p>
      <h2 className="section-title mt-12">{account.deleteTitle}</h2>
      <p className="mb-4">{account.deleteIntro}</p>
      <FormNotice answer={answer} />
      <Form method="post" noValidate>
        <TextField
          {...fieldOf(answer)('current_password')}
          label={account.currentPassword}
          type="password"
          autoComplete="current-password"
        />
        <SubmitButton text={account.deleteButton} className="button-danger" />
      </Form>
    </div>
  )
}
