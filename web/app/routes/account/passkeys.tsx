/** Passkeys page. Removing one is a page of its own and works without scripts; WebAuthn needs scripts to add one. */
import { useRef, useState } from 'react'
import { useRevalidator } from 'react-router'
import { getSignInMethods } from '#src/accounts/api.ts'
import { listPasskeys, removePasskey } from '#src/accounts/two-factor/api.ts'
import { TextField } from '../../components/fields.tsx'
import { FormErrorSummary, SuccessNotice } from '../../components/form-notices.tsx'
import { FormPage } from '../../components/form-page.tsx'
import { type Methods, mustSignInAgain, OwnerForm, SignInAgain } from '../../components/owner-form.tsx'
import { useHydrated } from '../../components/use-hydrated.ts'
import { useDay } from '../../components/use-shop.ts'
import { runFormAction } from '../../forms/form-action.server.ts'
import { pageContext } from '../../loading/page-context.ts'
import { pageMeta } from '../../seo/page-meta.ts'
import { account } from '../../texts/account.ts'
import { fieldErrors, formErrors } from '../../texts/form-errors.ts'
import type { Route } from './+types/passkeys'

export const loader = async ({ context, url }: Route.LoaderArgs) => {
  const { readPrivate } = context.get(pageContext)
  const [{ items }, methods] = await Promise.all([
    readPrivate(listPasskeys, {}),
    readPrivate(getSignInMethods, {}),
  ])
  const chosen = url.searchParams.get('remove')
  return {
    items,
    methods,
    chosen: items.find(({ passkey_id }) => passkey_id === chosen),
    isRemoved: url.searchParams.get('done') === 'removed',
  }
}

export const action = ({ context, request }: Route.ActionArgs) =>
  runFormAction(
    { context, request },
    { kept: [], secret: ['current_password'] },
    async ({ call, text, ownerPassword }) => {
      const params = { passkey_id: text('passkey_id') }
      await call(removePasskey, { params, body: { password: ownerPassword() } })
      return { to: '/account/passkeys?done=removed' }
    },
  )

export const meta: Route.MetaFunction = ({ matches }) => pageMeta(matches, { title: account.passkeys })

export default function Passkeys({ loaderData, actionData }: Route.ComponentProps) {
  const { items, methods, chosen, isRemoved } = loaderData
  const day = useDay()
  const error = actionData?.error
  if (chosen)
    return (
      <FormPage
        title={account.passkeyRemoveTitle(chosen.name ?? account.passkeyUnnamed)}
        intro={account.passkeyRemoveIntro}
        links={[{ to: '/account/passkeys', text: account.passkeyKeep }]}
      >
        <FormErrorSummary error={error} />
        <OwnerForm methods={methods} error={error} button={account.passkeyRemoveButton} isDangerous>
          <input type="hidden" name="passkey_id" value={chosen.passkey_id} />
        </OwnerForm>
      </FormPage>
    )
  return (
    <FormPage title={account.passkeys} intro={account.passkeysIntro}>
      <SuccessNotice text={isRemoved && !error ? account.passkeyRemoved : undefined} />
      <FormErrorSummary error={error} />
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
              <a
                href={`/account/passkeys?${new URLSearchParams({ remove: passkey_id })}`}
                aria-label={account.removeItem(name)}
                className="button-quiet"
              >
                {account.remove}
              </a>
            </li>
          ))}
        </ul>
      )}
      {mustSignInAgain(methods) ? (
        <SignInAgain methods={methods} />
      ) : (
        <AddPasskey key={items.length} methods={methods} />
      )}
    </FormPage>
  )
}

const AddPasskey = ({ methods }: { readonly methods: Methods }) => {
  const isHydrated = useHydrated()
  const { revalidate } = useRevalidator()
  const form = useRef<HTMLFormElement>(null)
  const [problem, setProblem] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const add = async () => {
    if (isBusy || !form.current) return
    const sent = new FormData(form.current)
    const name = String(sent.get('name') ?? '').trim()
    const password = methods.password ? String(sent.get('current_password') ?? '') : undefined
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
        {methods.password ? (
          <TextField
            name="current_password"
            defaultValue={undefined}
            error={problem}
            label={account.currentPassword}
            type="password"
            autoComplete="current-password"
          />
        ) : (
          problem !== undefined && (
            <p role="alert" className="mb-4 text-bad">
              {problem}
            </p>
          )
        )}
        <button type="submit" className="button mt-2 h-12 px-7" disabled={!isHydrated} aria-disabled={isBusy}>
          {account.passkeyAdd}
        </button>
      </form>
    </>
  )
}
