/** Account pages in a real browser, with the emails that belong to them. */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { sendDueMail } from '#src/notifications/worker.ts'
import { PASSWORD, totpCode } from '../../test/accounts.ts'
import { ADDRESS } from '../../test/kit.ts'
import { createMailCapture } from '../../test/mail.ts'
import { startIssuer } from '../../test/oidc-issuer.ts'
import { books } from './books.ts'
import {
  addToCart,
  ORDER_CONFIRMED,
  startSite,
  type Window,
  waitForHeading,
  waitForHydration,
  withoutHttpErrors,
} from './site.ts'

const issuer = await startIssuer()
const site = await startSite({ books, env: issuer.env })

/** Path of the newest link to `page` that was emailed to this address. */
const mailedLink = async (email: string, page: string): Promise<string> => {
  const { mails, transport } = createMailCapture()
  await sendDueMail({ ...site.deps, transport })
  const texts = mails.filter(({ to }) => to === email).map(({ text }) => text)
  const link = new RegExp(`(/${page}\\?token=[\\w-]{43})`).exec(texts.join('\n'))?.[1]
  if (link === undefined) throw new Error(`no link to ${page} came to ${email}`)
  return link
}

let emailCount = 0
const newEmail = (): string => `jane-${++emailCount}@example.com`

const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

const signUp = async (page: Page, email: string): Promise<void> => {
  await page.goto('/sign-up')
  await waitForHydration(page)
  await page.getByLabel('First name').fill('Jane')
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(PASSWORD)
  await press(page, 'Create account')
  await waitForHeading(page, 'Check your email')
  await page.goto(await mailedLink(email, 'verify-email'))
  await waitForHydration(page)
  await page.getByLabel('Password').fill(PASSWORD)
  await press(page, 'Confirm email')
  // The password was typed twice, to choose it and to confirm: that is enough to be signed in.
  await page.getByText('Your email is confirmed, and you’re signed in.').waitFor()
}

const signIn = async (page: Page, email: string, password = PASSWORD): Promise<void> => {
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await press(page, 'Sign in')
}

/** A window of a customer who has just signed up and signed in. */
const signedInWindow = async (
  options: Parameters<typeof site.openWindow>[0] = {},
): Promise<Window & { email: string }> => {
  const window = await site.openWindow(options)
  const email = newEmail()
  await signUp(window.page, email)
  await waitForHeading(window.page, 'Hello, Jane')
  return { ...window, email }
}

for (const javaScriptEnabled of [true, false])
  test(`the cart survives sign-up and sign-in, and its order appears in the account; scripts: ${javaScriptEnabled}`, async () => {
    const window = await site.openWindow({ javaScriptEnabled })
    const { page } = window
    const email = newEmail()
    await page.goto('/books/tech-001/clean-code')
    await waitForHydration(page)
    await addToCart(page)
    await signUp(page, email)
    await page.goto('/cart')
    await waitForHydration(page)
    await waitForHeading(page, 'Your cart')
    await page.getByRole('link', { name: 'Clean Code' }).first().waitFor()
    if (javaScriptEnabled) await page.getByRole('link', { name: 'Jane , Account' }).waitFor()
    await page.goto('/account')
    await waitForHydration(page)
    await page.getByLabel('Street address').fill('1 Library Lane')
    await page.getByLabel('City').fill('Anytown')
    await page.getByLabel('State').selectOption('New York')
    await page.getByLabel('ZIP code').fill('12345')
    await press(page, 'Save')
    await page.getByText('Saved.').waitFor()
    await page.goto('/checkout')
    await waitForHydration(page)
    await expect.poll(() => page.getByLabel('Email').inputValue()).toBe(email)
    await expect.poll(() => page.getByLabel('Street address').inputValue()).toBe('1 Library Lane')
    await expect.poll(() => page.getByLabel('Full name').inputValue()).toBe('Jane')
    await page.getByRole('button', { name: 'Place order' }).click()
    await waitForHeading(page, ORDER_CONFIRMED)
    await page.goto('/orders')
    await expect.poll(() => page.getByRole('link', { name: 'Order from' }).count()).toBe(1)
    await page.goto('/sign-out')
    await waitForHydration(page)
    await press(page, 'Sign out')
    await page.getByText('You’re signed out.').waitFor()
    await page.goto('/account')
    await waitForHeading(page, 'Sign in')
    await waitForHydration(page)
    expect(new URL(page.url()).searchParams.get('next')).toBeNull()
    // The order belongs to the account, not to the browser.
    await signIn(page, email)
    await waitForHeading(page, 'Hello, Jane')
    await page.goto('/orders')
    await expect.poll(() => page.getByRole('link', { name: 'Order from' }).count()).toBe(1)
    expect(withoutHttpErrors(window.pageErrors)).toEqual([])
  })

test('a guest’s order with the same email appears in the account once the email is confirmed', async () => {
  const { page, email } = await signedInWindow()
  const guest = site.visitor()
  await guest.post('/api/cart/items', { book_id: 'tech-001' })
  const cart = await guest.get('/api/cart')
  await guest.post(
    '/api/orders',
    {
      cart_version: cart.body.version,
      expected_total: cart.body.total,
      email,
      shipping_address: { ...ADDRESS, street: '1 Library Lane' },
    },
    { 'idempotency-key': crypto.randomUUID() },
  )
  await page.goto('/orders')
  await page.getByRole('link', { name: 'Order from' }).click()
  await page.getByText(email).waitFor()
})

test('an unconfirmed email, a wrong password and a forgotten password are each explained and can be resolved', async () => {
  const { page } = await site.openWindow({ javaScriptEnabled: false })
  const email = newEmail()
  await page.goto('/sign-up')
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill('password1')
  await press(page, 'Create account')
  await page.getByRole('alert').getByText('too easy to guess').waitFor()
  await expect.poll(() => page.getByLabel('Email').inputValue()).toBe(email)
  await expect.poll(() => page.getByLabel('Password').inputValue()).toBe('')
  await page.getByLabel('Password').fill(PASSWORD)
  await press(page, 'Create account')
  await waitForHeading(page, 'Check your email')
  await page.goto('/sign-in')
  await signIn(page, email)
  await page.getByRole('alert').getByText('Email or password is incorrect.').waitFor()
  await page.getByRole('link', { name: 'Just created your account?' }).waitFor()
  await expect.poll(() => page.getByLabel('Email').inputValue()).toBe(email)
  const link = await mailedLink(email, 'verify-email')
  // Mail programs prefetch links, which must not use the token up.
  for (let i = 0; i < 3; i++) await page.goto(link)
  await press(page, 'Confirm email')
  await page.getByText('Please correct the following').waitFor()
  await page.getByLabel('Password').fill('not my password')
  await press(page, 'Confirm email')
  await page.getByRole('alert').getByText('This password is incorrect.').waitFor()
  await page.getByLabel('Password').fill(PASSWORD)
  await press(page, 'Confirm email')
  await page.getByText('Your email is confirmed, and you’re signed in.').waitFor()
  await page.goto('/sign-out')
  await press(page, 'Sign out')
  await page.goto(link)
  await page.getByLabel('Password').fill(PASSWORD)
  await press(page, 'Confirm email')
  await page.getByRole('alert').getByText('has already been used').waitFor()
  await page.goto('/sign-in')
  for (const [typed, password] of [
    [email, 'not my password'],
    ['nobody@example.com', PASSWORD],
    ['jane', PASSWORD],
    [email, 'x'.repeat(500)],
  ] as const) {
    await signIn(page, typed, password)
    await expect.poll(() => page.getByLabel('Email').inputValue()).toBe(typed)
    expect(await page.getByRole('alert').textContent()).toBe('Email or password is incorrect.')
  }
  await page.getByRole('link', { name: 'Forgot your password?' }).click()
  await page.getByLabel('Email').fill(email)
  await press(page, 'Send link')
  await waitForHeading(page, 'Check your email')
  await page.goto(await mailedLink(email, 'reset-password'))
  await page.getByLabel('New password').fill('three green quiet boats')
  await press(page, 'Set password')
  await page.getByText('Your password has been changed. Please sign in.').waitFor()
  await signIn(page, email, 'three green quiet boats')
  await waitForHeading(page, 'Your account')
})

test('a sign-in that took too long says so at its second step', async () => {
  const { page } = await site.openWindow({ javaScriptEnabled: false })
  await page.goto('/sign-in/code')
  await page.getByLabel('Code').fill('123456')
  await press(page, 'Continue')
  await page.getByRole('alert').getByText('This sign-in took too long').waitFor()
})

test('another password email can be requested, for another address too', async () => {
  const { page } = await site.openWindow({ javaScriptEnabled: false })
  await page.goto('/forgot-password')
  await page.getByLabel('Email').fill('nobody@example.com')
  await press(page, 'Send link')
  await waitForHeading(page, 'Check your email')
  await page.getByRole('link', { name: 'Request another email' }).click()
  await waitForHeading(page, 'Reset your password')
  await page.getByLabel('Email').waitFor()
})

test('an authenticator app is set up and required at the next sign-in, and a recovery code replaces it once', async () => {
  const { page, email } = await signedInWindow({ javaScriptEnabled: false })
  await page.goto('/account/two-factor')
  await page.getByLabel('Current password').fill('wrong')
  await press(page, 'Set up authenticator app')
  await page.getByRole('alert').getByText('This password is incorrect').waitFor()
  await page.getByLabel('Current password').fill(PASSWORD)
  await press(page, 'Set up authenticator app')
  const qrCode = page.getByRole('img', { name: 'QR code for your authenticator app' })
  await qrCode.waitFor()
  // Apps read dark codes on white only, in the dark scheme too.
  await page.emulateMedia({ colorScheme: 'dark' })
  expect(await qrCode.evaluate(svg => getComputedStyle(svg).backgroundColor)).toBe('rgb(255, 255, 255)')
  const uri = await page.locator('input[name=uri]').inputValue()
  await page.getByLabel('6-digit code from your app').fill('000000')
  await press(page, 'Turn on')
  await page.getByRole('alert').getByText('This code is incorrect').waitFor()
  await expect.poll(() => page.locator('input[name=uri]').inputValue()).toBe(uri)
  await page.getByLabel('6-digit code from your app').fill(totpCode(uri))
  expect(await page.getByText('Save your recovery codes').count()).toBe(0)
  await press(page, 'Turn on')
  await page.getByText('Your authenticator app is now on.').waitFor()
  const listed = page.getByRole('region', { name: 'Save your recovery codes' }).getByRole('listitem')
  await expect.poll(() => listed.count()).toBe(10)
  const codes = await listed.allTextContents()
  await page.getByRole('link', { name: 'I’ve saved my codes' }).click()
  await page.getByText('Your authenticator app is on.').waitFor()
  await page.goto('/sign-out')
  await press(page, 'Sign out')
  await signIn(page, email)
  await waitForHeading(page, 'Two-step verification')
  await page.goto('/account')
  await waitForHeading(page, 'Sign in')
  await signIn(page, email)
  await page.getByRole('link', { name: 'Use a recovery code instead' }).click()
  await page.getByLabel('Recovery code').fill((codes[0] ?? '').toLowerCase().replaceAll('-', ' '))
  await press(page, 'Continue')
  await waitForHeading(page, 'Hello, Jane')
  await page.goto('/account/two-factor')
  await page.locator('#end-password').fill(PASSWORD)
  await press(page, 'Turn off authenticator app')
  await page.getByText('Your authenticator app is now off.').waitFor()
})

test('a passkey created in the browser signs in without a password', async () => {
  const window = await signedInWindow()
  const { page } = window
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  await page.goto('/account/passkeys')
  await waitForHydration(page)
  await page.getByLabel('Passkey name').fill('My phone')
  await page.getByLabel('Current password').fill('wrong')
  await press(page, 'Add a passkey')
  await page.getByText('This password is incorrect.').waitFor()
  await page.getByLabel('Current password').fill(PASSWORD)
  await press(page, 'Add a passkey')
  await page.getByText('My phone').waitFor()
  const kept = async () => (await devtools.send('WebAuthn.getCredentials', { authenticatorId })).credentials
  await expect.poll(kept).toHaveLength(1)
  await page.goto('/sign-out')
  await waitForHydration(page)
  await press(page, 'Sign out')
  await page.getByText('You’re signed out.').waitFor()
  await press(page, 'Sign in with a passkey')
  await waitForHeading(page, 'Hello, Jane')
  // A passkey without user verification is not accepted.
  await page.goto('/sign-out')
  await waitForHydration(page)
  await press(page, 'Sign out')
  await page.getByText('You’re signed out.').waitFor()
  await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false })
  await press(page, 'Sign in with a passkey')
  await page.getByText(/The passkey didn’t work|This passkey wasn’t accepted/).waitFor()
  await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true })
  await press(page, 'Sign in with a passkey')
  await waitForHeading(page, 'Hello, Jane')
  await page.goto('/account/passkeys')
  await waitForHydration(page)
  await page.getByRole('link', { name: 'Remove My phone' }).click()
  await waitForHeading(page, 'Remove My phone?')
  await waitForHydration(page)
  await page.getByLabel('Current password').fill('wrong')
  await press(page, 'Remove passkey')
  await page.getByRole('alert').getByText('This password is incorrect.').waitFor()
  await page.getByLabel('Current password').fill(PASSWORD)
  await press(page, 'Remove passkey')
  await page.getByText('Passkey removed.').waitFor()
  await page.getByText('You don’t have any passkeys yet.').waitFor()
  expect(withoutHttpErrors(window.pageErrors)).toEqual([])
})

test('a form of a session that was ended elsewhere says so and keeps its values', async () => {
  const { page, email } = await signedInWindow()
  const other = await site.openWindow()
  await other.page.goto('/sign-in')
  await waitForHydration(other.page)
  await signIn(other.page, email)
  await waitForHeading(other.page, 'Hello, Jane')
  await other.page.goto('/account')
  await waitForHydration(other.page)
  await other.page.getByLabel('Last name').fill('Doe')
  await page.goto('/account/security')
  await waitForHydration(page)
  await press(page, 'Sign out everywhere else')
  await page.getByText('You’re now signed in only in this browser.').waitFor()
  await press(other.page, 'Save')
  await other.page.getByRole('alert').getByText('You’ve been signed out.').waitFor()
  await expect.poll(() => other.page.getByLabel('Last name').inputValue()).toBe('Doe')
  // After signing in again in another tab, the same form works.
  const beside = await other.page.context().newPage()
  await beside.goto('/sign-in')
  await waitForHydration(beside)
  await signIn(beside, email)
  await waitForHeading(beside, 'Hello, Jane')
  await press(other.page, 'Save')
  await other.page.getByText('Saved.').waitFor()
})

test('saved addresses, password, email, data export and account deletion work without scripts', async () => {
  const { page, email } = await signedInWindow({ javaScriptEnabled: false })
  await page.goto('/account/addresses')
  await press(page, 'Save')
  await page.getByRole('alert').getByText('Enter your city.').waitFor()
  await page.getByLabel('Full name').fill('Jane Doe')
  await page.getByLabel('Street address').fill('2 Harbour Road')
  await page.getByLabel('City').fill('Seaport')
  await page.getByLabel('State').selectOption('Maine')
  await page.getByLabel('ZIP code').fill('54321')
  await press(page, 'Save')
  await page.getByText('Address saved.').waitFor()
  await page.getByRole('link', { name: 'Edit Jane Doe, 2 Harbour Road, Seaport, ME 54321' }).click()
  await expect.poll(() => page.getByLabel('State', { exact: true }).inputValue()).toBe('ME')
  await page.getByLabel('Country').selectOption('Germany')
  await press(page, 'Update form for this country')
  await page.getByLabel('Postal code').fill('1')
  await press(page, 'Save')
  await page.getByRole('alert').getByText('Enter a valid postal code, such as 26133.').waitFor()
  await page.getByLabel('Postal code').fill('20095')
  await page.getByLabel('City').fill('Hamburg')
  await press(page, 'Save')
  await page.getByText('Address saved.').waitFor()
  await expect.poll(() => page.getByLabel('Street address').inputValue()).toBe('')
  await press(page, 'Remove Jane Doe, 2 Harbour Road, 20095 Hamburg, Germany')
  await page.getByText('You haven’t saved any addresses yet.').waitFor()
  await page.goto('/account/password')
  await page.getByLabel('Current password').fill(PASSWORD)
  await page.getByLabel('New password').fill('five brown slow trains')
  await press(page, 'Change password')
  await page.getByText('and we signed you out everywhere else.').waitFor()
  const moved = newEmail()
  await page.goto('/account/email')
  await page.getByLabel('New email').fill(moved)
  await page.getByLabel('Current password').fill('five brown slow trains')
  await press(page, 'Change email')
  await page.getByText('we’ll send it a link to confirm the change').waitFor()
  // Read on another device: the page asks to sign in to the account that asked for the change, and is there again after it.
  const link = await mailedLink(moved, 'confirm-address')
  await page.context().clearCookies()
  await page.goto(link)
  await page.getByText('If you didn’t ask for this').waitFor()
  await page.getByRole('main').getByRole('link', { name: 'Sign in', exact: true }).click()
  await signIn(page, email, 'five brown slow trains')
  await page.getByText(`Signed in as ${email}`).waitFor()
  await press(page, 'Confirm new email')
  await page.getByText('Your email has been changed.').waitFor()
  await page.getByText(`Your email is ${moved}.`).waitFor()
  await page.goto('/sign-out')
  await press(page, 'Sign out')
  await page.goto('/sign-in')
  await signIn(page, email, 'five brown slow trains')
  await page.getByRole('alert').getByText('Email or password is incorrect.').waitFor()
  await signIn(page, moved, 'five brown slow trains')
  await waitForHeading(page, 'Hello, Jane')
  await page.goto('/account/data')
  await page.locator('#download-password').fill('wrong')
  await press(page, 'Download my data')
  await page.getByRole('alert').getByText('This password is incorrect.').waitFor()
  await page.locator('#download-password').fill('five brown slow trains')
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download my data' }).click(),
  ])
  expect(file.suggestedFilename()).toBe('cloudshelf-my-data.json')
  expect(JSON.parse(readFileSync(await file.path(), 'utf8')).profile.email).toBe(moved)
  await page.locator('#current_password').fill('five brown slow trains')
  await press(page, 'Permanently delete my account')
  await page.getByText('Your account has been deleted.').waitFor()
  await signIn(page, moved, 'five brown slow trains')
  await page.getByRole('alert').getByText('Email or password is incorrect.').waitFor()
})

test('sign-in never redirects to another site', async () => {
  const { page, email } = await signedInWindow({ javaScriptEnabled: false })
  const next = async (path: string) => {
    await page.context().clearCookies()
    await page.goto(`/sign-in?${new URLSearchParams({ next: path })}`)
    await signIn(page, email)
    await page.waitForURL(url => url.pathname !== '/sign-in')
    return page.url().slice(site.url.length)
  }
  for (const evil of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example/',
    '/\t/evil.example',
    'javascript:0',
  ])
    expect(await next(evil)).toBe('/account')
  expect(await next('/orders?cursor=x')).toBe('/orders?cursor=x')
})

test('single sign-on signs in and returns, and can be linked to an existing account', async () => {
  const sol = { sub: 'sol', email: newEmail(), email_verified: true, given_name: 'Sol' }
  // Remembered by the issuer since an hour ago.
  issuer.signInAs({ ...sol, auth_time: Math.floor(Date.now() / 1000) - 3_600 })
  const { page } = await site.openWindow({ javaScriptEnabled: false })
  await page.goto('/sign-in?next=/orders')
  await page.getByRole('link', { name: 'Sign in with single sign-on' }).click()
  await waitForHeading(page, 'Your orders')
  await page.goto('/account')
  await waitForHeading(page, 'Hello, Sol')
  // Without a password, the owner signs in again, is led back, and has five minutes.
  await page.goto('/account/data')
  await page.getByText('To continue, please sign in again.').waitFor()
  expect(await page.getByRole('button', { name: 'Download my data' }).count()).toBe(0)
  issuer.signInAs(sol)
  await page.getByRole('link', { name: 'Sign in with single sign-on' }).click()
  await waitForHeading(page, 'Your data')
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download my data' }).click(),
  ])
  expect(JSON.parse(readFileSync(await file.path(), 'utf8')).profile.email).toBe(sol.email)
  await page.goto('/sign-in/cognito?state=none&code=none')
  await page.getByRole('alert').getByText('This sign-in was canceled').waitFor()
  // A customer with an existing account must link the two first.
  const email = newEmail()
  issuer.signInAs({ sub: 'jane', email, email_verified: true })
  const { page: other } = await site.openWindow({ javaScriptEnabled: false })
  await signUp(other, email)
  await other.goto('/sign-in')
  await other.getByRole('link', { name: 'Sign in with single sign-on' }).click()
  await other.getByRole('alert').getByText('You already have an account with this email.').waitFor()
  await other.goto('/sign-in')
  await signIn(other, email)
  await waitForHeading(other, 'Hello, Jane')
  await other.goto('/account/security')
  await other.getByRole('link', { name: 'Single sign-on' }).click()
  await press(other, 'Link account')
  await other.getByRole('alert').getByText('Please correct the following').waitFor()
  await other.getByLabel('Current password').fill(PASSWORD)
  await press(other, 'Link account')
  await other.getByRole('link', { name: 'Continue to single sign-on' }).click()
  await other.getByText('Your account is now linked.').waitFor()
  await other.context().clearCookies()
  await other.goto('/sign-in')
  await other.getByRole('link', { name: 'Sign in with single sign-on' }).click()
  await waitForHeading(other, 'Hello, Jane')
  // A reset names what else signs in, and removes it unless told otherwise.
  await other.goto('/forgot-password')
  await other.getByLabel('Email').fill(email)
  await press(other, 'Send link')
  await waitForHeading(other, 'Check your email')
  await other.goto(await mailedLink(email, 'reset-password'))
  const remove = other.getByLabel('Also remove all other ways to sign in')
  expect(await remove.isChecked()).toBe(true)
  await other.getByText('This account also has 1 single sign-on.').waitFor()
  await other.getByLabel('New password').fill('three green quiet boats')
  await press(other, 'Set password')
  await other.getByText('Your password has been changed. Please sign in.').waitFor()
  await other.getByRole('link', { name: 'Sign in with single sign-on' }).click()
  await other.getByRole('alert').getByText('You already have an account with this email.').waitFor()
})
