/** The part of the shop that sends mail. */
import { createAccountLinks } from '../accounts/links.ts'
import { createUserTable } from '../accounts/table.ts'
import { signerFor } from '../core/aws/sign.ts'
import { createComposer } from '../notifications/compose.ts'
import { createOutboxTable } from '../notifications/table.ts'
import {
  createFolderTransport,
  createSesTransport,
  createSmtpTransport,
  type Transport,
} from '../notifications/transport.ts'
import { createOrderLinks } from '../orders/links.ts'
import { createOrderTable } from '../orders/table.ts'
import type { BaseContext } from './base.ts'
import { mailFolder, type Settings } from './settings.ts'

/** Whether mails leave the machine by these settings. */
export const hasMailTransport = ({ mail: { smtpUrl, sesRegion } }: Settings): boolean =>
  smtpUrl !== undefined || sesRegion !== undefined

/** How mails leave by these settings. */
export const createMailTransport = ({
  mail: { from, smtpUrl, sesRegion },
  credentials,
  dataDir,
}: Settings): Transport => {
  if (sesRegion !== undefined)
    return createSesTransport(
      `https://email.${sesRegion}.amazonaws.com`,
      signerFor('ses', sesRegion, credentials),
      from,
    )
  return smtpUrl === undefined
    ? createFolderTransport(mailFolder(dataDir), from)
    : createSmtpTransport(smtpUrl, from)
}

/** What tells people by mail. `transport` is how mails leave. */
export const createMailDeps = ({ db, names, settings, now }: BaseContext, transport: Transport) => {
  const { currency, publicUrl } = settings
  const sources = {
    orders: createOrderTable(db, names),
    links: createOrderLinks(db, names),
    users: createUserTable(db, names),
    accountLinks: createAccountLinks(db, names),
  }
  return {
    outbox: createOutboxTable(db, names),
    compose: createComposer({ ...sources, shop: { currency, publicUrl }, now }),
    transport,
    forgetMail: async (address: string, about: readonly string[]) => transport.forget?.(address, about),
  }
}
