/** The letters about an account. None says more than its reader knows: an address, a link, what was changed. */
import type { Letter } from '../letter.ts'

export type MailedLink = { readonly url: string; readonly minutes: number }

const NOT_YOU = 'If this was not you, there is nothing that you need to do.'

const lasting = (minutes: number): string =>
  minutes % 60 === 0 ? `${minutes / 60} hour${minutes === 60 ? '' : 's'}` : `${minutes} minutes`

const paragraph = (text: string) => ({ kind: 'paragraph', text }) as const

export const verifyEmail = ({ url, minutes }: MailedLink): Letter => ({
  subject: 'Please confirm your address',
  heading: 'Welcome to CloudShelf',
  blocks: [
    paragraph(
      'Somebody has opened an account with this address. If it was you, please confirm it with the password that you chose.',
    ),
    { kind: 'link', label: 'Confirm my address', url },
    paragraph(`The link works once, within ${lasting(minutes)}. ${NOT_YOU}`),
  ],
})

export const resetPassword = ({ url, minutes }: MailedLink): Letter => ({
  subject: 'Set a new password',
  heading: 'Set a new password',
  blocks: [
    paragraph('You asked for a new password. The old one counts until you have set another.'),
    { kind: 'link', label: 'Set a new password', url },
    paragraph(`The link works once, within ${lasting(minutes)}. ${NOT_YOU}`),
  ],
})

export const accountExists = (signIn: string, forgot: string): Letter => ({
  subject: 'You have an account already',
  heading: 'You have an account already',
  blocks: [
    paragraph(
      'Somebody tried to open an account with this address, but there is one: yours. You can simply sign in.',
    ),
    { kind: 'link', label: 'Sign in', url: signIn },
    paragraph('If you have forgotten your password, set a new one.'),
    { kind: 'link', label: 'Set a new password', url: forgot },
    paragraph(NOT_YOU),
  ],
})

export const changeEmail = ({ url, minutes }: MailedLink): Letter => ({
  subject: 'Please confirm your new address',
  heading: 'Your new address',
  blocks: [
    paragraph(
      'This address is to take the place of the one in your account. It counts as soon as you confirm it.',
    ),
    { kind: 'link', label: 'Confirm my new address', url },
    paragraph(`The link works once, within ${lasting(minutes)}. ${NOT_YOU}`),
  ],
})

/** To the old address: who reads it learns where the account went, since it may have been taken from them. */
export const emailChanged = (to: string): Letter => ({
  subject: 'The address of your account was changed',
  heading: 'Your address was changed',
  blocks: [
    paragraph(`The address of your CloudShelf account is now ${to}. We write to you here for the last time.`),
    paragraph('If this was not you, please answer this mail at once.'),
  ],
})

export const passwordChanged = (forgot: string): Letter => ({
  subject: 'Your password was changed',
  heading: 'Your password was changed',
  blocks: [
    paragraph('The password of your account has just been changed, and you were signed out everywhere else.'),
    paragraph('If this was not you, set a new password at once.'),
    { kind: 'link', label: 'Set a new password', url: forgot },
  ],
})
