/** The sender of `mailFrom`: its address, and the domain of its SES identity. */
import { parseSender } from '#src/notifications/sender.ts'

export const getMailSender = (mailFrom: string): string => parseSender(mailFrom)?.address ?? ''

export const getMailDomain = (mailFrom: string): string => getMailSender(mailFrom).split('@').at(-1) ?? ''
