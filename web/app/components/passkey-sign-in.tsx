/**
 * Button that signs in with a passkey; visible once the page is hydrated, if the browser supports passkeys.
 */
import { useState } from 'react'
import { account } from '../texts/account.ts'
import { formErrors } from '../texts/form-errors.ts'
import type { PasskeyError } from './passkeys.ts'
import { useHydrated } from './use-hydrated.ts'

const errorText = ({ code, detail }: PasskeyError): string =>
  code === 'sign_in_failed'
    ? account.passkeyNotAccepted
    : (formErrors[code] ?? (detail || account.passkeyFailed))

export const PasskeySignIn = ({ next }: { readonly next: string }) => {
  const canUse = useHydrated() && 'PublicKeyCredential' in window
  const [problem, setProblem] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const signIn = async () => {
    if (isBusy) return
    setBusy(true)
    setProblem(undefined)
    try {
      const { signInWithPasskey } = await import('./passkeys.ts')
      const refused = await signInWithPasskey()
      if (!refused) return location.assign(next)
      setProblem(errorText(refused))
    } catch {
      setProblem(account.passkeyFailed)
    }
    setBusy(false)
  }
  return (
    <div className={canUse ? 'mt-4' : 'invisible mt-4'}>
      <button
        type="button"
        className="button-quiet h-12"
        aria-disabled={isBusy}
        onClick={() => void signIn()}
      >
        {account.passkeySignIn}
      </button>
      <p role="status" className="mt-2 text-bad text-sm">
        {problem}
      </p>
    </div>
  )
}
