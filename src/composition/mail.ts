/** Dependencies of the mails: outbox, composer, and the transport of the settings. */
import { createAccountLinks } from '../accounts/account-links.ts'
import { createUserTable } from '../accounts/table.ts'
import { createInvoiceAttachment } from '../notifications/attachments.ts'
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
import { createViewLinks } from '../orders/view-links.ts'
import { createPaymentTable } from '../payments/table.ts'
import { isQuiet } from '../tables/quiet.ts'
import type { BaseContext } from './base.ts'
import { createSigner } from './clients.ts'
import { createInvoiceContext } from './invoices.ts'
import { mailFolder, type Settings } from './settings.ts'

/** Whether mails leave this machine, by a mail server or by Amazon SES. */
export const hasMailTransport = ({ mail: { smtpUrl, sesRegion } }: Settings): boolean =>
  smtpUrl !== undefined || sesRegion !== undefined

/** Sends mails by the mail server or the SES Region of the settings; with neither, into a folder. */
export const createMailTransport = (settings: Settings): Transport => {
  const { from, smtpUrl, sesRegion, sesConfigurationSet } = settings.mail
  if (sesRegion !== undefined) {
    const endpoint = `https://email.${sesRegion}.amazonaws.com`
    return createSesTransport(endpoint, createSigner(settings, 'ses', sesRegion), from, sesConfigurationSet)
  }
  return smtpUrl === undefined
    ? createFolderTransport(mailFolder(settings.dataDir), from)
    : createSmtpTransport(smtpUrl, from)
}

/** `transport` sends the mails. `deleteSentMails` deletes those that it still stores: to this address, or about these ids. */
export const createMailDeps = (context: BaseContext, transport: Transport) => {
  const { db, names, publicUrl, shop, now } = context
  const orders = createOrderTable(context)
  const sources = {
    orders,
    paymentTable: createPaymentTable(context),
    bankDetails: context.settings.payment.bankDetails,
    links: createOrderLinks(db, names),
    viewLinks: createViewLinks(db, names, orders),
    users: createUserTable(context),
    accountLinks: createAccountLinks(db, names),
  }
  return {
    outbox: createOutboxTable(db, names),
    compose: createComposer({
      ...sources,
      shop: { ...shop, publicUrl },
      invoiceFor: createInvoiceAttachment(createInvoiceContext(context)),
      now,
    }),
    transport,
    isQuiet: () => isQuiet(context),
    deleteSentMails: async (email: string, about: readonly string[]) => transport.deleteMails?.(email, about),
  }
}
