/** Recovery codes, shown once, with a print button. */
import { account } from '../texts/account.ts'
import { PrintButton } from './print-button.tsx'

export const RecoveryCodes = ({ codes }: { readonly codes: readonly string[] }) => (
  <section aria-labelledby="recovery-codes" className="panel mb-8">
    <h2 id="recovery-codes" className="section-title">
      {account.recoveryCodes}
    </h2>
    <p className="text-soft text-sm">{account.recoveryCodesIntro}</p>
    <ul className="my-4 grid grid-cols-2 gap-x-6 gap-y-1 font-mono">
      {codes.map(code => (
        <li key={code}>{code}</li>
      ))}
    </ul>
    <PrintButton />
  </section>
)
