/** Endpoints of the shop as data: the source of OpenAPI, of the gateway's routes, and of the tests that try every endpoint. */
import * as accounts from '../accounts/api.ts'
import * as cognito from '../accounts/cognito/api.ts'
import * as profile from '../accounts/profile/api.ts'
import * as factors from '../accounts/two-factor/api.ts'
import * as cart from '../cart/api.ts'
import * as catalog from '../catalog/api.ts'
import * as shelves from '../catalog/shelves-api.ts'
import * as catalogStaff from '../catalog/staff-api.ts'
import { getHealth } from '../health/api.ts'
import type { Endpoint } from '../http/endpoint.ts'
import * as invoices from '../invoices/api.ts'
import * as orders from '../orders/api.ts'
import * as payments from '../payments/api.ts'
import * as paymentsStaff from '../payments/staff-api.ts'
import * as privacy from '../privacy/api.ts'
import * as reports from '../reports/api.ts'

/** Endpoints by the application that serves them, where there are several: see lambda/functions.ts. */
export const ENDPOINT_GROUPS = {
  catalog: [
    catalog.browseBooks,
    catalog.searchBooks,
    catalog.suggestBooks,
    catalog.categoryBooks,
    catalog.listCategories,
    catalog.listRenamedCategories,
    catalog.listTitles,
    catalog.getBook,
    shelves.getFrontPage,
    shelves.listRelatedBooks,
    catalogStaff.getStaffBook,
    catalogStaff.createBook,
    catalogStaff.replaceBook,
    catalogStaff.changeBook,
    catalogStaff.deleteBook,
    catalogStaff.putCover,
  ],
  cart: [cart.getCart, cart.addCartItem, cart.setCartItem, cart.removeCartItem, cart.emptyCart],
  orders: [
    orders.placeOrder,
    orders.listOrders,
    orders.lookUpOrder,
    orders.openOrderLink,
    orders.cancelByLink,
    orders.viewOrder,
    orders.endViewLinks,
    orders.getOrder,
    orders.cancelOrder,
    orders.setOrderStatus,
  ],
  accounts: [
    accounts.signUp,
    accounts.verifyEmail,
    accounts.resendVerification,
    accounts.signIn,
    accounts.signOut,
    accounts.whoAmI,
    accounts.forgotPassword,
    accounts.resetPassword,
    accounts.previewReset,
    accounts.getSignInMethods,
    accounts.changePassword,
    accounts.changeEmail,
    accounts.confirmEmail,
    accounts.listSessions,
    accounts.endSession,
    accounts.endOtherSessions,
    factors.getTotp,
    factors.beginTotp,
    factors.confirmTotp,
    factors.endTotp,
    factors.renewRecoveryCodes,
    factors.signInWithCode,
    factors.signInWithRecoveryCode,
    factors.passkeyOptions,
    factors.addPasskey,
    factors.listPasskeys,
    factors.removePasskey,
    factors.passkeySignInOptions,
    factors.signInWithPasskey,
    cognito.cognitoState,
    cognito.beginCognito,
    cognito.linkCognito,
    cognito.finishCognito,
    cognito.unlinkCognito,
    profile.getProfile,
    profile.changeProfile,
    profile.listAddresses,
    profile.saveAddress,
    profile.changeAddress,
    profile.removeAddress,
    privacy.exportMe,
    privacy.deleteMe,
  ],
  payments: [
    payments.getCheckoutOptions,
    payments.getCheckout,
    payments.cancelCheckout,
    paymentsStaff.listPayments,
    paymentsStaff.getOrderPayments,
    paymentsStaff.recordPayment,
    paymentsStaff.refundOrder,
    paymentsStaff.previewRefund,
    paymentsStaff.resolveReview,
    paymentsStaff.setInvoicePermission,
  ],
  paymentEvents: [payments.paymentEvent],
  invoices: [
    invoices.listInvoices,
    invoices.getInvoice,
    invoices.listInvoicesByLink,
    invoices.getInvoiceByLink,
  ],
  health: [getHealth],
  reports: [reports.listReports, reports.getReport],
} as const satisfies Record<string, readonly Endpoint[]>

export const ENDPOINTS: readonly Endpoint[] = Object.values(ENDPOINT_GROUPS).flat()
