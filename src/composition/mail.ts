/** The part of the shop that sends mail. */
import { accountLinks } from '../accounts/links.ts'
import { userTable } from '../accounts/table.ts'
import { signerFor } from '../core/aws/sign.ts'
import { composer } from '../notifications/compose.ts'
import { outboxTable } from '../notifications/table.ts'
import { folderTransport, sesTransport, smtpTransport, type Transport } from '../notifications/transport.ts'
import { orderLinks } from '../orders/links.ts'
import { orderTable } from '../orders/table.ts'
import type { Ground } from './base.ts'
import { mailFolder, type Settings } from './settings.ts'

/** Whether mails leave the machine by these settings. */
export const leavesByMail = ({ mail: { smtpUrl, sesRegion } }: Settings): boolean =>
  smtpUrl !== undefined || sesRegion !== undefined

/** How mails leave by these settings. */
export const openTransport = ({
  mail: { from, smtpUrl, sesRegion },
  credentials,
  dataDir,
}: Settings): Transport => {
  if (sesRegion !== undefined)
    return sesTransport(
      `https://email.${sesRegion}.amazonaws.com`,
      signerFor('ses', sesRegion, credentials),
      from,
    )
  return smtpUrl === undefined ? folderTransport(mailFolder(dataDir), from) : smtpTransport(smtpUrl, from)
}

/** What tells people by mail. `transport` is how mails leave. */
export const mailPart = ({ db, names, settings, now }: Ground, transport: Transport) => {
  const { currency, publicUrl } = settings
  const sources = {
    orders: orderTable(db, names),
    links: orderLinks(db, names),
    users: userTable(db, names),
    accountLinks: accountLinks(db, names),
  }
  return {
    outbox: outboxTable(db, names),
    compose: composer({ ...sources, shop: { currency, publicUrl }, now }),
    transport,
    forgetMail: async (address: string, about: readonly string[]) => transport.forget?.(address, about),
  }
}
