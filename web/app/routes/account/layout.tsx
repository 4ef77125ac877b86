/** Layout of the account pages: navigation, current user and sign-out. */
import { Form, Outlet, useLocation } from 'react-router'
import { whoAmI } from '#src/accounts/api.ts'
import { readableEmail } from '#src/accounts/email.ts'
import { SubmitButton } from '../../components/submit-button.tsx'
import { pageContext } from '../../loading/page-context.ts'
import { account } from '../../texts/account.ts'
import type { Route } from './+types/layout'

export const loader = async ({ context }: Route.LoaderArgs) => {
  const { email, role } = await context.get(pageContext).readPrivate(whoAmI, {})
  return {
    email: email === undefined ? undefined : readableEmail(email),
    isStaff: role === 'staff' || role === 'admin',
  }
}

const PAGES = [
  ['/account', account.profile],
  ['/account/addresses', account.addresses],
  ['/orders', account.orders],
  ['/account/security', account.security],
  ['/account/data', account.yourData],
] as const

export default function AccountLayout({ loaderData: { email, isStaff } }: Route.ComponentProps) {
  const { pathname } = useLocation()
  const pages = isStaff ? [...PAGES, ['/staff', account.staff] as const] : PAGES
  return (
    <div className="account-page py-8">
      <div className="flex flex-wrap items-center justify-between gap-x-8 gap-y-4 print:hidden lg:flex-col lg:items-stretch lg:justify-start">
        <nav aria-label={account.title} className="min-w-0">
          <ul className="scroll-row gap-x-6">
            {pages.map(([path, name]) => (
              <li key={path} className={path === pathname ? 'scroll-row-current' : undefined}>
                <a href={path} aria-current={path === pathname ? 'page' : undefined} className="nav-link">
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        {email !== undefined && (
          <Form
            method="post"
            action="/sign-out"
            className="flex flex-wrap items-center gap-4 border-line text-sm lg:border-t lg:pt-4"
          >
            <span className="break-words text-soft">{account.signedInAs(email)}</span>
            <SubmitButton text={account.signOut} className="button-quiet" />
          </Form>
        )}
      </div>
      <div className="min-w-0">
        <Outlet />
      </div>
    </div>
  )
}
