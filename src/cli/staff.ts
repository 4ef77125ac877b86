/** `cloudshelf admin` and `cloudshelf staff`: who runs the shop. */
import { Command, InvalidArgumentError } from 'commander'
import { normalizeEmail } from '../accounts/email.ts'
import { grantRole, type Invitation, listStaff, type Role, revokeRole } from '../accounts/staff.ts'
import { withDeps } from './open.ts'
import { CommandError, print, printJson } from './output.ts'

type Json = { readonly json?: boolean }
const ACTOR = 'command-line'

const email = (typed: string): string => {
  const normal = normalizeEmail(typed)
  if (normal === undefined) throw new InvalidArgumentError('It is no e-mail address that mail can reach.')
  return normal
}

const show = ({ link, minutes, user_id }: Invitation, address: string, role: Role, json?: boolean): void => {
  if (json) {
    printJson({ user_id, email: address, role, link, link_minutes: minutes })
    return
  }
  print(`${address} is ${role === 'admin' ? 'an admin' : 'staff'} now.`)
  print(`Set a password within ${minutes} minutes, then a second factor, without which staff have no rights:`)
  print(link)
}

type CreateAdmin = Json & { readonly email: string; readonly force?: boolean }

const createAdmin = ({ email: address, force, json }: CreateAdmin): Promise<void> =>
  withDeps(async deps => {
    const admins = (await listStaff(deps)).filter(({ role }) => role === 'admin')
    if (admins.length > 0 && !force)
      throw new CommandError(
        `there is an admin already: ${admins.map(one => one.email).join(', ')} (--force makes another)`,
      )
    show(await grantRole(deps, ACTOR, address, 'admin'), address, 'admin', json)
  })

const addStaff = (address: string, { admin, json }: Json & { readonly admin?: boolean }): Promise<void> =>
  withDeps(async deps => {
    const role = admin ? 'admin' : 'staff'
    show(await grantRole(deps, ACTOR, address, role), address, role, json)
  })

const removeStaff = (address: string, { force, json }: Json & { readonly force?: boolean }): Promise<void> =>
  withDeps(async deps => {
    const admins = (await listStaff(deps)).filter(({ role }) => role === 'admin')
    if (!force && admins.length === 1 && admins[0]?.email === address)
      throw new CommandError(`${address} is the only admin: add another first (--force removes the last)`)
    if (!(await revokeRole(deps, ACTOR, address))) throw new CommandError(`${address} has no role`)
    if (json) printJson({ email: address, role: 'customer' })
    else print(`${address} is a customer now, and signed out everywhere.`)
  })

const showStaff = ({ json }: Json): Promise<void> =>
  withDeps(async deps => {
    const staff = await listStaff(deps)
    if (json) return printJson({ items: staff })
    for (const one of staff) print(`${one.role.padEnd(5)}  ${one.email}  ${one.user_id}`)
    print(`${staff.length} ${staff.length === 1 ? 'person runs' : 'people run'} this shop`)
  })

const HELP = `
Example:
  $ cloudshelf admin create --email owner@example.com`

export const adminCommand = (): Command => {
  const admin = new Command('admin').description('make the first admin').addHelpText('after', HELP)
  admin
    .command('create')
    .description('make an admin, and print a link that sets the password, once, within 30 minutes')
    .requiredOption('--email <address>', 'of the admin; an account that is there becomes the admin’s', email)
    .option('--force', 'also where there is an admin already')
    .option('--json', 'as JSON')
    .action(createAdmin)
  return admin
}

export const staffCommand = (): Command => {
  const staff = new Command('staff').description('who may change books and orders')
  staff.command('list').description('everyone with a role').option('--json', 'as JSON').action(showStaff)
  staff
    .command('add')
    .description('make somebody staff, and print a link that sets the password')
    .argument('<email>', 'an account that is there, or one to be', email)
    .option('--admin', 'an admin rather than staff')
    .option('--json', 'as JSON')
    .action(addStaff)
  staff
    .command('remove')
    .description('take the role away; all sessions end')
    .argument('<email>', 'of staff or an admin', email)
    .option('--force', 'also the only admin')
    .option('--json', 'as JSON')
    .action(removeStaff)
  return staff
}
