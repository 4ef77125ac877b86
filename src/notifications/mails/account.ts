/** Emails about an account. Each says only what its reader may know: an address, a link, what was changed. */
import type { ToldChange } from '../../accounts/owner-notice.ts'
import type { MailContent } from '../mail-content.ts'

export type MailedLink = { readonly url: string; readonly minutes: number }

const NOT_YOU = 'If this wasn’t you, you can ignore this email.'

const lasting = (minutes: number): string =>
  minutes % 60 === 0 ? `${minutes / 60} hour${minutes === 60 ? '' : 's'}` : `${minutes} minutes`

const paragraph = (text: string) => ({ kind: 'paragraph', text }) as const

export const verifyEmail = ({ url, minutes }: MailedLink, shop: string): MailContent => ({
  subject: 'Confirm your email',
  heading: `Welcome to ${shop}`,
  blocks: [
    paragraph(
      'An account was created with this email address. If that was you, confirm it with the password you chose.',
    ),
    { kind: 'link', label: 'Confirm email', url },
    paragraph(`This link works once and expires after ${lasting(minutes)}. ${NOT_YOU}`),
  ],
})

export const resetPassword = ({ url, minutes }: MailedLink): MailContent => ({
  subject: 'Reset your password',
  heading: 'Reset your password',
  blocks: [
    paragraph(
      'We received a request to reset your password. Your current password keeps working until you set a new one.',
    ),
    { kind: 'link', label: 'Set a new password', url },
    paragraph(`This link works once and expires after ${lasting(minutes)}. ${NOT_YOU}`),
  ],
})

export const accountExists = (signIn: string, forgot: string): MailContent => ({
  subject: 'You already have an account',
  heading: 'You already have an account',
  blocks: [
    paragraph(
      'Someone tried to create an account with this email address, but you already have one. You can sign in as usual.',
    ),
    { kind: 'link', label: 'Sign in', url: signIn },
    paragraph('Forgot your password? You can set a new one.'),
    { kind: 'link', label: 'Reset your password', url: forgot },
    paragraph(NOT_YOU),
  ],
})

/**
 * To the new address, whose owner may be somebody else: it names the account by its masked email. A name is left out, because a
 * stranger could write anything in it.
 */
export const changeEmail = ({ url, minutes }: MailedLink, shop: string, account: string): MailContent => ({
  subject: 'Confirm your new email',
  heading: 'Confirm your new email',
  blocks: [
    paragraph(
      `The account of ${account} at ${shop} asks to use this email address from now on. If that is your account, sign in to it and confirm the change.`,
    ),
    { kind: 'link', label: 'Confirm new email', url },
    paragraph(
      `This link works once, only for that account, and expires after ${lasting(minutes)}. If you didn’t ask for this, you can ignore this email: nothing changes.`,
    ),
  ],
})

/** In place of `changeEmail` where the address has an account already. */
export const emailTaken = (shop: string, signIn: string): MailContent => ({
  subject: 'You already have an account',
  heading: 'You already have an account',
  blocks: [
    paragraph(
      `This email address was entered as the new email of an account at ${shop}, but it already belongs to your account. Nothing was changed.`,
    ),
    { kind: 'link', label: 'Sign in', url: signIn },
    paragraph(NOT_YOU),
  ],
})

/** To both addresses. It names the new one, because the account may have been taken over. */
export const emailChanged = (to: string, shop: string): MailContent => ({
  subject: 'Your email was changed',
  heading: 'Your email was changed',
  blocks: [
    paragraph(
      `The email address of your account at ${shop} is now ${to}. From now on, we’ll send account emails there.`,
    ),
    paragraph('If this wasn’t you, reply to this email right away.'),
  ],
})

export const passwordChanged = (forgot: string, shop: string): MailContent => ({
  subject: 'Your password was changed',
  heading: 'Your password was changed',
  blocks: [
    paragraph(`The password of your account at ${shop} was changed, and we signed you out everywhere else.`),
    paragraph('If this wasn’t you, reset your password right away.'),
    { kind: 'link', label: 'Reset your password', url: forgot },
  ],
})

/** Subject of each change that is told, and its sentence about “your account at <shop>”. */
const CHANGES: Readonly<Record<ToldChange, readonly [subject: string, sentence: (of: string) => string]>> = {
  'account.email.request': [
    'A new email was entered for your account',
    of =>
      `A new email address was entered for ${of}. It replaces this one only after it is confirmed from the new address.`,
  ],
  'account.authenticator-app.on': [
    'An authenticator app was turned on',
    of =>
      `An authenticator app was turned on for ${of}. Signing in with the password now takes a code from it.`,
  ],
  'account.authenticator-app.off': [
    'Your authenticator app was turned off',
    of =>
      `The authenticator app of ${of} was turned off. Signing in with the password takes no code any more.`,
  ],
  'account.recovery-codes': [
    'New recovery codes were created',
    of => `New recovery codes were created for ${of}. The old ones stopped working.`,
  ],
  'account.passkey.add': [
    'A passkey was added to your account',
    of => `A passkey was added to ${of}. It signs in without the password.`,
  ],
  'account.passkey.remove': [
    'A passkey was removed from your account',
    of => `A passkey was removed from ${of}.`,
  ],
  'account.cognito.link': [
    'Single sign-on was linked to your account',
    of => `Single sign-on was linked to ${of}. It signs in without the password.`,
  ],
  'account.cognito.unlink': [
    'Single sign-on was unlinked from your account',
    of => `Single sign-on was unlinked from ${of}.`,
  ],
  'account.recovery': [
    'Your account was recovered',
    of =>
      `A new password was set for ${of} with a link sent to this address. Its passkeys and single sign-on were removed, and we signed you out everywhere.`,
  ],
  'account.export': [
    'Your data was downloaded',
    of => `The personal data of ${of} was downloaded: profile, addresses, orders, and all else that we hold.`,
  ],
}

export const accountChanged = (change: ToldChange, forgot: string, shop: string): MailContent => {
  const [subject, sentence] = CHANGES[change]
  return {
    subject,
    heading: subject,
    blocks: [
      paragraph(sentence(`your account at ${shop}`)),
      paragraph(
        'If this wasn’t you, set a new password right away. You can remove all other ways to sign in there.',
      ),
      { kind: 'link', label: 'Set a new password', url: forgot },
    ],
  }
}

export const accountErased = (shop: string): MailContent => ({
  subject: 'Your account was deleted',
  heading: 'Your account was deleted',
  blocks: [
    paragraph(
      `Your account at ${shop} and your personal data were deleted. We keep only the invoices, and the records about them, that the law requires.`,
    ),
    paragraph('If this wasn’t you, reply to this email right away.'),
  ],
})
