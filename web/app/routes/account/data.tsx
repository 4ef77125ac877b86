/** Personal data page: export, and deletion of the account. */
import { getSignInMethods } from '#src/accounts/api.ts'
import { deleteMe } from '#src/privacy/api.ts'
import { FormErrorSummary } from '../../components/form-notices.tsx'
import { mustSignInAgain, OwnerForm, SignInAgain } from '../../components/owner-form.tsx'
import { type FormError, runFormAction } from '../../forms/form-action.server.ts'
import { pageContext } from '../../loading/page-context.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import { formErrors } from '../../texts/form-errors.ts'
import { t } from '../../texts/texts.ts'
import type { Route } from './+types/data'

const DOWNLOAD_ERRORS = ['second_factor_needed', 'reauthentication_needed', 'too_many_requests'] as const

/** Why the download was refused: its form goes to another page, which leads back here. */
const readDownloadError = (code: string | null): FormError | undefined => {
  if (code === null) return undefined
  const isPassword = code === 'password_wrong' || code === 'invalid_request'
  // Only what a download can be refused with: a link must not put another message on the page.
  const known = isPassword ? 'password_wrong' : DOWNLOAD_ERRORS.find(one => one === code)
  return {
    values: {},
    invalidFields: isPassword ? ['current_password'] : [],
    text:
      known === 'too_many_requests' ? t.error.tooManyTitle : ((known && formErrors[known]) ?? t.error.other),
    code: known ?? 'store_unavailable',
  }
}

export const loader = async ({ context, url }: Route.LoaderArgs) => ({
  methods: await context.get(pageContext).readPrivate(getSignInMethods, {}),
  downloadError: readDownloadError(url.searchParams.get('refused')),
})

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction(
    { context, request },
    { kept: [], secret: ['current_password'] },
    async ({ call, ownerPassword }) => {
      await call(deleteMe, { body: { password: ownerPassword() } })
      return { to: '/sign-in?done=deleted' }
    },
  )

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.yourData })

export default function YourData({ loaderData, actionData }: Route.ComponentProps) {
  const { methods, downloadError } = loaderData
  const error = actionData?.error
  return (
    <div>
      <h1 className="page-title">{account.yourData}</h1>
      {mustSignInAgain(methods) && <SignInAgain methods={methods} />}
      <div className="side-by-side mt-6">
        <section>
          <h2 className="section-title">{account.downloadData}</h2>
          <p className="mb-4">{account.dataIntro}</p>
          {!mustSignInAgain(methods) && (
            <>
              <FormErrorSummary error={error ? undefined : downloadError} />
              <OwnerForm
                methods={methods}
                error={error ? undefined : downloadError}
                action="/account/data/file"
                button={account.downloadData}
                passwordId="download-password"
              />
            </>
          )}
        </section>
        <section className="mt-12 lg:mt-0">
          <h2 className="section-title">{account.deleteTitle}</h2>
          <p className="mb-4">{account.deleteIntro}</p>
          {!mustSignInAgain(methods) && (
            <>
              <FormErrorSummary error={error} />
              <OwnerForm methods={methods} error={error} button={account.deleteButton} isDangerous />
            </>
          )}
        </section>
      </div>
    </div>
  )
}
