/** `cloudshelf admin` and `cloudshelf staff`: accounts with access to the staff pages. */
import { Command } from 'commander'
import { readableEmail } from '../accounts/email.ts'
import { grantRole, type Invitation, listStaff, type Role, revokeRole } from '../accounts/staff.ts'
import { CommandError } from './errors.ts'
import { parseEmail } from './option-values.ts'
import { counted, print, printJson } from './output.ts'
import { commandLineActor, withDeps } from './with-deps.ts'

type Json = { readonly json?: boolean }

const printInvitation = (
  { link, minutes, user_id }: Invitation,
  email: string,
  role: Role,
  json: boolean | undefined,
): void => {
  if (json) {
    printJson({ user_id, email, role, link, link_minutes: minutes })
    return
  }
  print(`${readableEmail(email)} is now ${role === 'admin' ? 'an admin' : 'a staff member'}.`)
  print(`Open this link within ${minutes} minutes to set a password:`)
  print(link)
  print('Then set up two-factor authentication, which the staff pages require.')
}

type CreateAdminOptions = Json & { readonly email: string; readonly force?: boolean }

const createAdmin = ({ email, force, json }: CreateAdminOptions): Promise<void> =>
  withDeps(async deps => {
    const admins = (await listStaff(deps)).filter(({ role }) => role === 'admin')
    if (admins.length > 0 && !force)
      throw new CommandError(
        `there is already an admin: ${admins.map(one => readableEmail(one.email)).join(', ')} (--force adds another)`,
      )
    printInvitation(await grantRole(deps, commandLineActor(), email, 'admin'), email, 'admin', json)
  })

const addStaff = (email: string, { admin, json }: Json & { readonly admin?: boolean }): Promise<void> =>
  withDeps(async deps => {
    const role = admin ? 'admin' : 'staff'
    printInvitation(await grantRole(deps, commandLineActor(), email, role), email, role, json)
  })

const removeStaff = (email: string, { force, json }: Json & { readonly force?: boolean }): Promise<void> =>
  withDeps(async deps => {
    const admins = (await listStaff(deps)).filter(({ role }) => role === 'admin')
    if (!force && admins.length === 1 && admins[0]?.email === email)
      throw new CommandError(
        `${readableEmail(email)} is the only admin: add another one first (--force removes the last)`,
      )
    if (!(await revokeRole(deps, commandLineActor(), email)))
      throw new CommandError(`${readableEmail(email)} is not staff (see \`cloudshelf staff list\`)`)
    if (json) printJson({ email, role: 'customer' })
    else print(`${readableEmail(email)} is now a customer, and is signed out everywhere.`)
  })

const showStaff = ({ json }: Json): Promise<void> =>
  withDeps(async deps => {
    const staff = await listStaff(deps)
    if (json) return printJson({ items: staff })
    for (const { role, email, user_id } of staff)
      print(`${role.padEnd(5)}  ${readableEmail(email)}  ${user_id}`)
    print(`${counted(staff.length, 'person has', 'people have')} access to the staff pages`)
  })

const HELP = `
The command prints a link that sets the password. It works once, for 30 minutes.

Example:
  $ cloudshelf admin create --email you@example.com`

export const adminCommand = (): Command => {
  const admin = new Command('admin').description('Create the first admin').addHelpText('after', HELP)
  admin
    .command('create')
    .description('Create an admin')
    .requiredOption(
      '--email <email>',
      'Email of the admin. An existing account with this email becomes an admin',
      parseEmail,
    )
    .option('--force', 'Add another admin when there is one already')
    .option('--json', 'Print JSON')
    .addHelpText('after', HELP)
    .action(createAdmin)
  return admin
}

export const staffCommand = (): Command => {
  const staff = new Command('staff').description('Manage access to the staff pages')
  staff.command('list').description('List staff and admins').option('--json', 'Print JSON').action(showStaff)
  staff
    .command('add')
    .description('Give staff access, and print a link that sets the password')
    .argument('<email>', 'Email of an existing or a new account', parseEmail)
    .option('--admin', 'Make the account an admin')
    .option('--json', 'Print JSON')
    .action(addStaff)
  staff
    .command('remove')
    .description('Remove staff access and end all sessions of the account')
    .argument('<email>', 'Email of the staff member or admin', parseEmail)
    .option('--force', 'Remove the only admin too')
    .option('--json', 'Print JSON')
    .action(removeStaff)
  return staff
}
