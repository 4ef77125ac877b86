/** Sign-out page. A form, because other sites could embed a link that signs out. */
import { Form } from 'react-router'
import { signOut } from '#src/accounts/api.ts'
import { FormErrorSummary } from '../../components/form-notices.tsx'
import { FormPage } from '../../components/form-page.tsx'
import { SubmitButton } from '../../components/submit-button.tsx'
import { runFormAction } from '../../forms/form-action.server.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import type { Route } from './+types/sign-out'

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction({ context, request }, { kept: [] }, async ({ call }) => {
    await call(signOut, {})
    return { to: '/sign-in?done=out' }
  })

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.signOut })

export default function SignOut({ actionData }: Route.ComponentProps) {
  return (
    <div className="py-8">
      <FormPage title={account.signOut}>
        <FormErrorSummary error={actionData?.error} />
        <p className="mb-4 text-lg">{account.signedIn}</p>
        <Form method="post">
          <SubmitButton text={account.signOut} />
        </Form>
      </FormPage>
    </div>
  )
}
