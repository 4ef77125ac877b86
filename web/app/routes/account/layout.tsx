/** Layout of the account pages: navigation, current user and sign-out. */
import { Form, Outlet, useLocation } from 'react-router'
import { whoAmI } from '#src/accounts/api.ts'
import { SubmitButton } from '../../components/submit-button.tsx'
import { pageContext } from '../../loading/page-context.ts'
import { account } from '../../texts/account.ts'
import type { Route } from './+types/layout'

export const loader = async ({ context }: Route.LoaderArgs) => {
  const { email, role } = await context.get(pageContext).readPrivate(whoAmI, {})
  return { email, isStaff: role === 'staff' || role === 'admin' }
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
    <div className="py-8">
      <div className="mb-6 flex flex-wrap items-center justify-between gap-x-8 gap-y-2 print:hidden">
        <nav aria-label={account.title} className="min-w-0">
          <ul className="scroll-row gap-x-6">
            {pages.map(([path, name]) => (
              <li key={path}>
                <a href={path} aria-current={path === pathname ? 'page' : undefined} className="nav-link">
                  {name}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        {email !== undefined && (
          <Form method="post" action="/sign-out" className="flex flex-wrap items-center gap-4 text-sm">
            <span className="text-soft">{account.signedInAs(email)}</span>
            <SubmitButton text={account.signOut} className="button-quiet" />
          </Form>
        )}
      </div>
      <Outlet />
    </div>
  )
}
