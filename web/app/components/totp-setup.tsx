/** What an authenticator app scans, and the first code that it shows. */
import { Form } from 'react-router'
import type { FormAnswer } from '../forms/form-action.server.ts'
import type { Qr } from '../forms/qr.server.ts'
import { account } from '../texts/account.ts'
import { TextField } from './fields.tsx'
import { FormNotice, fieldOf } from './form-notice.tsx'
import { SubmitButton } from './submit-button.tsx'

type Props = {
  readonly uri: string
  /** The secret in groups of four. */
  readonly secret: string
  readonly qr: Qr
  /** Where to go once it is on. */
  readonly next: string
  readonly answer: FormAnswer | undefined
}

export const TotpSetup = ({ uri, secret, qr: { size, path }, next, answer }: Props) => (
  <div className="print:hidden">
    <p>{account.appScan}</p>
    {/* Dark on light by night too: not every app reads the reverse. */}
    <svg
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={account.appQrCode}
      className="my-4 w-56 bg-[#fff]"
    >
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
    <p className="mb-8">
      {account.appKey}: <span className="break-all font-mono">{secret}</span>
    </p>
    <FormNotice answer={answer} />
    <Form method="post" noValidate>
      <input type="hidden" name="uri" value={uri} />
      <input type="hidden" name="next" value={next} />
      <TextField
        {...fieldOf(answer)('code')}
        label={account.appCode}
        autoComplete="one-time-code"
        inputMode="numeric"
      />
      <SubmitButton text={account.appTurnOn} intent="confirm" />
    </Form>
  </div>
)
