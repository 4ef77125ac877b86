/** How one signs in, and where one is signed in. */
import { Form } from 'react-router'
import { endOtherSessions, endSession, listSessions } from '#src/accounts/api.ts'
import { cognitoState } from '#src/accounts/cognito/api.ts'
import { getProfile } from '#src/accounts/profile/api.ts'
import { getTotp, listPasskeys } from '#src/accounts/two-factor/api.ts'
import { DoneNotice, FormNotice } from '../../components/form-notice.tsx'
import { SubmitButton } from '../../components/submit-button.tsx'
import { browserName } from '../../forms/browser-name.ts'
import { runFormAction } from '../../forms/form-action.server.ts'
import { visitContext } from '../../loading/visit.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import { day } from '../../texts/format.ts'
import type { Route } from './+types/security'

export const loader = async ({ context }: Route.LoaderArgs) => {
  const { readMine } = context.get(visitContext)
  const [{ email }, sessions, totp, passkeys, cognito] = await Promise.all([
    readMine(getProfile, {}),
    readMine(listSessions, {}),
    readMine(getTotp, {}),
    readMine(listPasskeys, {}),
    readMine(cognitoState, {}),
  ])
  return {
    email,
    hasApp: totp.enabled,
    passkeys: passkeys.items.length,
    cognito,
    sessions: sessions.items.map(({ user_agent, ...session }) => ({
      ...session,
      name: browserName(user_agent) ?? account.unknownBrowser,
    })),
  }
}

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction({ context, request }, { kept: [] }, async ({ change, text }) => {
    if (text('intent') === 'others') {
      await change(endOtherSessions, {})
      return { done: account.othersSignedOut }
    }
    await change(endSession, { params: { session_id: text('session_id') } })
    return { done: account.sessionEnded }
  })

export const meta: Route.MetaFunction = () => pageMeta({ title: account.security })

export default function Security({ loaderData, actionData }: Route.ComponentProps) {
  const { email, hasApp, passkeys, cognito, sessions } = loaderData
  return (
    <div className="max-w-2xl">
      <h1 className="page-title">{account.security}</h1>
      <p className="mb-6 text-lg text-soft">{account.securityIntro}</p>
      <DoneNotice text={actionData && 'done' in actionData ? actionData.done : undefined} />
      <FormNotice answer={actionData?.refusal} />
      <ul className="mb-10 border-line border-t">
        <Way to="/account/email" name={account.email} state={email} />
        <Way to="/account/password" name={account.password} state="" />
        <Way to="/account/two-factor" name={account.app} state={hasApp ? account.on : account.off} />
        <Way to="/account/passkeys" name={account.passkeys} state={account.passkeyCount(passkeys)} />
        {cognito.available && (
          <Way
            to="/account/single-sign-on"
            name={account.singleSignOn}
            state={cognito.linked ? account.on : account.off}
          />
        )}
      </ul>
      <h2 className="section-title">{account.sessions}</h2>
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
    </div>
  )
}

const Way = ({ to, name, state }: { readonly to: string; readonly name: string; readonly state: string }) => (
  <li className="border-line border-b">
    <a href={to} className="order-row">
      <span className="font-serif text-xl">{name}</span>
      <span className="text-right text-soft text-sm">{state}</span>
    </a>
  </li>
)
