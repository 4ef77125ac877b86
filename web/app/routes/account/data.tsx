/** Personal data page: export, and deletion of the account. */
import { Form } from 'react-router'
import { getProfile } from '#src/accounts/profile/api.ts'
import { deleteMe, exportMe } from '#src/privacy/api.ts'
import { TextField } from '../../components/fields.tsx'
import { FormErrorSummary, fieldProps } from '../../components/form-notices.tsx'
import { SubmitButton } from '../../components/submit-button.tsx'
import { runFormAction } from '../../forms/form-action.server.ts'
import { pageContext } from '../../loading/page-context.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import type { Route } from './+types/data'

export const loader = async ({ context }: Route.LoaderArgs) => {
  await context.get(pageContext).readPrivate(getProfile, {})
  return { file: exportMe.path }
}

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction(
    { context, request },
    { kept: [], secret: ['current_password'] },
    async ({ call, secret }) => {
      await call(deleteMe, { body: { password: secret('current_password') } })
      return { to: '/sign-in?done=deleted' }
    },
  )

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.yourData })

export default function YourData({ loaderData: { file }, actionData }: Route.ComponentProps) {
  const error = actionData?.error
  return (
    <div>
      <h1 className="page-title">{account.yourData}</h1>
      <div className="side-by-side mt-6">
        <section>
          <h2 className="section-title">{account.downloadData}</h2>
          <p className="mb-4">{account.dataIntro}</p>
          <p>
            <a href={file} download className="button-quiet">
              {account.downloadData}
            </a>
          </p>
        </section>
        <section className="mt-12 lg:mt-0">
          <h2 className="section-title">{account.deleteTitle}</h2>
          <p className="mb-4">{account.deleteIntro}</p>
          <FormErrorSummary error={error} />
          <Form method="post" noValidate>
            <TextField
              {...fieldProps(error)('current_password')}
              label={account.currentPassword}
              type="password"
              autoComplete="current-password"
            />
            <SubmitButton text={account.deleteButton} className="button-danger" />
          </Form>
        </section>
      </div>
    </div>
  )
}
