/** Security page: sign-in methods and active sessions. */
import { Form } from 'react-router'
import { endOtherSessions, endSession, getSignInMethods, listSessions } from '#src/accounts/api.ts'
import { cognitoState } from '#src/accounts/cognito/api.ts'
import { readableEmail } from '#src/accounts/email.ts'
import { getProfile } from '#src/accounts/profile/api.ts'
import { FormErrorSummary, SuccessNotice } from '../../components/form-notices.tsx'
import { SubmitButton } from '../../components/submit-button.tsx'
import { useDay } from '../../components/use-shop.ts'
import { browserName } from '../../forms/browser-name.ts'
import { runFormAction } from '../../forms/form-action.server.ts'
import { pageContext } from '../../loading/page-context.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import type { Route } from './+types/security'

export const loader = async ({ context }: Route.LoaderArgs) => {
  const { readPrivate } = context.get(pageContext)
  const [{ email }, sessions, methods, cognito] = await Promise.all([
    readPrivate(getProfile, {}),
    readPrivate(listSessions, {}),
    readPrivate(getSignInMethods, {}),
    readPrivate(cognitoState, {}),
  ])
  return {
    email: readableEmail(email),
    methods,
    cognito,
    sessions: sessions.items.map(({ user_agent, ...session }) => ({
      ...session,
      name: browserName(user_agent) ?? account.unknownBrowser,
    })),
  }
}

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction({ context, request }, { kept: [] }, async ({ call, text }) => {
    if (text('intent') === 'others') {
      await call(endOtherSessions, {})
      return { done: account.othersSignedOut }
    }
    await call(endSession, { params: { session_id: text('session_id') } })
    return { done: account.sessionEnded }
  })

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.security })

export default function Security({ loaderData, actionData }: Route.ComponentProps) {
  const day = useDay()
  const { email, methods, cognito, sessions } = loaderData
  return (
    <div>
      <h1 className="page-title">{account.security}</h1>
      <p className="mb-6 text-lg text-soft">{account.securityIntro}</p>
      <SuccessNotice text={actionData && 'done' in actionData ? actionData.done : undefined} />
      <FormErrorSummary error={actionData?.error} />
      <div className="side-by-side">
        <ul className="mb-10 border-line border-t">
          <SecurityLink to="/account/email" name={account.email} state={email} />
          <SecurityLink
            to="/account/password"
            name={account.password}
            state={methods.password ? '' : account.notSet}
          />
          <SecurityLink
            to="/account/two-factor"
            name={account.app}
            state={methods.authenticator_app ? account.on : account.off}
          />
          <SecurityLink
            to="/account/passkeys"
            name={account.passkeys}
            state={account.passkeyCount(methods.passkeys)}
          />
          {cognito.available && (
            <SecurityLink
              to="/account/single-sign-on"
              name={account.singleSignOn}
              state={cognito.linked ? account.on : account.off}
            />
          )}
        </ul>
        <section aria-labelledby="sessions">
          <h2 id="sessions" className="section-title">
            {account.sessions}
          </h2>
          <ul className="border-line border-t">
            {sessions.map(session => (
              <li key={session.session_id} className="order-row border-line border-b">
                <span>
                  <span className="block">
                    {session.name}
                    {session.current && <strong> ({account.thisBrowser})</strong>}
                  </span>
                  <span className="block text-soft text-sm">
                    {account.sessionDates(day(session.created_at), day(session.last_used_at))}
                  </span>
                </span>
                {!session.current && (
                  <Form method="post">
                    <input type="hidden" name="session_id" value={session.session_id} />
                    <SubmitButton
                      text={account.signOut}
                      label={account.signOutOf(session.name)}
                      intent="end"
                      className="button-quiet"
                    />
                  </Form>
                )}
              </li>
            ))}
          </ul>
          {sessions.length > 1 && (
            <Form method="post" className="mt-6">
              <SubmitButton text={account.signOutOthers} intent="others" className="button-quiet" />
            </Form>
          )}
        </section>
      </div>
    </div>
  )
}

const SecurityLink = ({
  to,
  name,
  state,
}: {
  readonly to: string
  readonly name: string
  readonly state: string
}) => (
  <li className="border-line border-b">
    <a href={to} className="order-row">
      <span className="font-serif text-xl">{name}</span>
      <span className="text-right text-soft text-sm">{state}</span>
    </a>
  </li>
)
