/** Problems that several files of the accounts respond with. */
import { ShopError } from '../core/errors.ts'

/** For an account that was deleted while its session was still known, and for requests of guests. */
export const notSignedIn = () => new ShopError('not_signed_in', 'Please sign in first.')

export const accountDisabled = () => new ShopError('account_disabled', 'This account is closed.')

/** For a sign-in of several steps that took too long, or that another browser began. */
export const signInExpired = () =>
  new ShopError('sign_in_failed', 'This sign-in has expired or was canceled. Please sign in again.')

/** The same for links that are unknown, used or expired, or have another purpose. */
export const linkInvalid = () =>
  new ShopError('link_invalid', 'This link has been used or has expired. Please request a new one.')

export const wrongPassword = () => new ShopError('password_wrong', 'The password is incorrect.')
