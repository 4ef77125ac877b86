/** Error messages of the forms of accounts and of staff. */
import { address } from './address.ts'
import { t } from './texts.ts'

/** What a field expects, by its name. */
export const fieldErrors: Readonly<Record<string, string>> = {
  email: t.checkout.emailError,
  country: address.countryError,
  password: 'Enter a password of 8 to 128 characters.',
  current_password: 'Enter your password.',
  code: 'Enter the full code.',
  first_name: 'Enter a first name of up to 100 characters, without a web address.',
  last_name: 'Enter a last name of up to 100 characters, without a web address.',
  phone: address.errors.phone,
  price: 'Enter a price in the shop’s currency, with no more decimals than it has.',
  amount: 'Enter an amount in the currency of the order, such as 12.50.',
  refund_amount: 'Enter either copies, shipping, or an amount such as 12.50.',
  reference: 'Enter up to 140 characters.',
  reason: 'Enter up to 200 characters.',
  stock_delta: 'Enter a whole number, such as 5 or -2.',
}

export const otherFieldError = 'Please check this field.'

/** Why the API refused a form, by its code. */
export const formErrors: Readonly<Record<string, string | undefined>> = {
  not_signed_in: 'You’ve been signed out. What you entered is still here.',
  sign_in_failed: 'Email or password is incorrect.',
  account_disabled: 'This account is closed. If you think this is a mistake, reply to any of our emails.',
  password_refused: 'This password is too easy to guess. Please choose another, such as four random words.',
  password_wrong: 'This password is incorrect.',
  code_wrong: 'This code is incorrect or has already been used. Your app shows a new one every 30 seconds.',
  link_invalid: t.error.linkExpired,
  second_factor_needed:
    'To change this, please sign in again with a passkey or with a code from your authenticator app.',
  reauthentication_needed: 'To change this, please sign in again first.',
  second_factor_set: 'Your account already has an authenticator app.',
  second_factor_unset: 'Setup wasn’t finished in time. Please start again.',
  passkey_refused: 'This passkey wasn’t accepted. Please try again.',
  session_not_found: 'This session has already ended.',
  passkey_not_found: 'This passkey has already been removed.',
  address_not_found: 'This address has already been removed.',
  address_limit: 'You can save up to 20 addresses. Please remove one first.',
  book_not_found: 'This book is no longer in the catalog.',
  book_changed: 'Someone else changed this book. Please check the current values below.',
  stock_would_be_negative: 'Stock can’t go below zero. Nothing was changed.',
  unsupported_media_type:
    'This file isn’t an image we can use. Please choose a JPEG, PNG, WebP, or AVIF file.',
  body_too_large: 'This image is larger than 5 MB. Please choose a smaller one.',
  status_conflict: 'Someone else updated this order. Please check its current status below.',
  order_not_found: 'This order doesn’t exist.',
  forbidden: 'Your account no longer has access to this.',
  account_exists: 'This sign-in is already linked to another account.',
  identity_provider_unavailable:
    'We can’t reach the sign-in service right now. Please try again in a moment.',
}
