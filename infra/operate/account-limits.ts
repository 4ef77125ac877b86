/** Limits of an account in a Region that decide whether a shop works there: mail (SES) and concurrent executions (Lambda). */
import { type Calls, expectOk } from './calls.ts'

export type MailAccount = {
  /** Mails go to verified addresses only. */
  readonly isInSandbox: boolean
  readonly isSending: boolean
  readonly mailsPerDay: number
  readonly mailsPerSecond: number
}

export type LimitCalls = {
  /** The SES identity of a domain; undefined if there is none. */
  readonly mailIdentity: (domain: string) => Promise<{ readonly isVerified: boolean } | undefined>
  readonly mailAccount: () => Promise<MailAccount>
  /** Concurrent executions of all functions together, and how many of them no function has reserved. */
  readonly concurrency: () => Promise<{ readonly limit: number; readonly unreserved: number }>
}

export const createLimitCalls = ({ region, rest }: Pick<Calls, 'region' | 'rest'>): LimitCalls => ({
  mailIdentity: async domain => {
    const answer = await rest('ses', `/v2/email/identities/${encodeURIComponent(domain)}`)
    if (answer.status === 404) return undefined
    const text = await expectOk(Promise.resolve(answer), `SES identity ${domain} in ${region}`)
    return {
      isVerified: (JSON.parse(text) as { VerifiedForSendingStatus: boolean }).VerifiedForSendingStatus,
    }
  },
  mailAccount: async () => {
    const text = await expectOk(rest('ses', '/v2/email/account'), `SES account in ${region}`)
    const { ProductionAccessEnabled, SendingEnabled, SendQuota } = JSON.parse(text) as {
      ProductionAccessEnabled: boolean
      SendingEnabled: boolean
      SendQuota: { Max24HourSend: number; MaxSendRate: number }
    }
    return {
      isInSandbox: !ProductionAccessEnabled,
      isSending: SendingEnabled,
      mailsPerDay: SendQuota.Max24HourSend,
      mailsPerSecond: SendQuota.MaxSendRate,
    }
  },
  concurrency: async () => {
    const text = await expectOk(rest('lambda', '/2016-08-19/account-settings/'), `Lambda limits in ${region}`)
    const { AccountLimit } = JSON.parse(text) as {
      AccountLimit: { ConcurrentExecutions: number; UnreservedConcurrentExecutions: number }
    }
    return {
      limit: AccountLimit.ConcurrentExecutions,
      unreserved: AccountLimit.UnreservedConcurrentExecutions,
    }
  },
})
