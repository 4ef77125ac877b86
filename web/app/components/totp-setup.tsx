/** Setup of an authenticator app: QR code, key, and the form for the first code. */
import { Form } from 'react-router'
import type { FormError } from '../forms/form-action.server.ts'
import type { QrCode } from '../forms/qr-code.server.ts'
import { account } from '../texts/account.ts'
import { TextField } from './fields.tsx'
import { FormErrorSummary, fieldProps } from './form-notices.tsx'
import { SubmitButton } from './submit-button.tsx'

type Props = {
  readonly uri: string
  /** The secret, in groups of four characters. */
  readonly secret: string
  readonly qrCode: QrCode
  /** Separated by blanks. */
  readonly recoveryCodes: string
  /** Path to continue to once two-step verification is on. */
  readonly next: string
  readonly error: FormError | undefined
}

export const TotpSetup = ({ uri, secret, qrCode: { size, path }, recoveryCodes, next, error }: Props) => (
  <div className="print:hidden">
    <p>{account.appScan}</p>
    {/* Always dark on light, in the dark scheme too: not every app reads inverted codes. */}
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
    <FormErrorSummary error={error} />
    <Form method="post" noValidate>
      <input type="hidden" name="uri" value={uri} />
      <input type="hidden" name="recovery_codes" value={recoveryCodes} />
      <input type="hidden" name="next" value={next} />
      <TextField
        {...fieldProps(error)('code')}
        label={account.appCode}
        autoComplete="one-time-code"
        inputMode="numeric"
      />
      <SubmitButton text={account.appTurnOn} intent="confirm" />
    </Form>
  </div>
)
