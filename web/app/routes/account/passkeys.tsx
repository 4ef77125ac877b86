/** Passkeys page. Removing works without scripts; WebAuthn needs scripts to add one. */
import { useRef, useState } from 'react'
import { Form, useRevalidator } from 'react-router'
import { listPasskeys, removePasskey } from '#src/accounts/two-factor/api.ts'
import { TextField } from '../../components/fields.tsx'
import { FormErrorSummary, SuccessNotice } from '../../components/form-notices.tsx'
import { FormPage } from '../../components/form-page.tsx'
import { SubmitButton } from '../../components/submit-button.tsx'
import { useHydrated } from '../../components/use-hydrated.ts'
import { useDay } from '../../components/use-shop.ts'
import { runFormAction } from '../../forms/form-action.server.ts'
import { pageContext } from '../../loading/page-context.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import { fieldErrors, formErrors } from '../../texts/form-errors.ts'
import type { Route } from './+types/passkeys'

export const loader = async ({ context }: Route.LoaderArgs) =>
  context.get(pageContext).readPrivate(listPasskeys, {})

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction({ context, request }, { kept: [] }, async ({ call, text }) => {
    await call(removePasskey, { params: { passkey_id: text('passkey_id') } })
    return { done: account.passkeyRemoved }
  })

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.passkeys })

export default function Passkeys({ loaderData: { items }, actionData }: Route.ComponentProps) {
  const day = useDay()
  return (
    <FormPage title={account.passkeys} intro={account.passkeysIntro}>
      <SuccessNotice text={actionData && 'done' in actionData ? actionData.done : undefined} />
      <FormErrorSummary error={actionData?.error} />
      {items.length === 0 ? (
        <p className="mb-8">{account.noPasskeys}</p>
      ) : (
        <ul className="mb-10 border-line border-t">
          {items.map(({ passkey_id, name = account.passkeyUnnamed, created_at }) => (
            <li key={passkey_id} className="order-row border-line border-b">
              <span>
                <span className="block">{name}</span>
                {created_at && (
                  <span className="block text-soft text-sm">{account.passkeyAddedOn(day(created_at))}</span>
                )}
              </span>
              <Form method="post">
                <input type="hidden" name="passkey_id" value={passkey_id} />
                <SubmitButton
                  text={account.remove}
                  label={account.removeItem(name)}
                  className="button-quiet"
                />
              </Form>
            </li>
          ))}
        </ul>
      )}
      <AddPasskey key={items.length} />
    </FormPage>
  )
}

const AddPasskey = () => {
  const isHydrated = useHydrated()
  const { revalidate } = useRevalidator()
  const form = useRef<HTMLFormElement>(null)
  const [problem, setProblem] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const add = async () => {
    if (isBusy || !form.current) return
    const sent = new FormData(form.current)
    const [password, name] = [
      String(sent.get('current_password') ?? ''),
      String(sent.get('name') ?? '').trim(),
    ]
    if (password === '') return setProblem(fieldErrors.current_password)
    setBusy(true)
    setProblem(undefined)
    try {
      const { addPasskey } = await import('../../components/passkeys.ts')
      const refused = await addPasskey(password, name)
      if (refused) setProblem(formErrors[refused.code] ?? (refused.detail || account.passkeyFailed))
      else await revalidate()
    } catch {
      setProblem(account.passkeyFailed)
    }
    setBusy(false)
  }
  if (isHydrated && !('PublicKeyCredential' in window)) return <p>{account.passkeyUnsupported}</p>
  return (
    <>
      <noscript>
        <p className="notice-bad mb-6">{account.passkeyNeedsScripts}</p>
      </noscript>
      <form
        ref={form}
        method="post"
        onSubmit={event => {
          event.preventDefault()
          void add()
        }}
      >
        <h2 className="section-title">{account.passkeyAdd}</h2>
        <TextField
          name="name"
          defaultValue={undefined}
          error={undefined}
          label={account.passkeyName}
          autoComplete="off"
          isOptional
        />
        <TextField
          name="current_password"
          defaultValue={undefined}
          error={problem}
          label={account.currentPassword}
          type="password"
          autoComplete="current-password"
        />
        <button type="submit" className="button mt-2 h-12 px-7" disabled={!isHydrated} aria-disabled={isBusy}>
          {account.passkeyAdd}
        </button>
      </form>
    </>
  )
}
