import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runCli } from '../../test/cli.ts'
import { temporaryFolder } from '../../test/kit.ts'
import { startShopProcess } from '../../test/shop-process.ts'

const OWNER = 'owner@shop.example'
const CLERK = 'clerk@shop.example'
const JSON_TYPE = { 'content-type': 'application/json' }

test('the first admin is created once, with a link instead of a password; staff are added and removed, with an audit entry each', async () => {
  const folder = temporaryFolder()
  const made = await runCli(folder, 'admin', 'create', '--email', ` ${OWNER.toUpperCase()} `)
  expect(made).toMatchObject({ code: 0, stderr: '' })
  expect(made.stdout).toContain(
    `${OWNER} is now an admin.\nOpen this link within 30 minutes to set a password:\n`,
  )
  expect(made.stdout).toMatch(/^http:\/\/localhost:\d+\/reset-password\?token=[\w-]{43}$/m)

  const again = await runCli(folder, 'admin', 'create', '--email', CLERK)
  expect(again).toEqual({
    code: 1,
    stdout: '',
    stderr: `cloudshelf: there is already an admin: ${OWNER} (--force adds another)\n`,
  })
  const added = await runCli(folder, 'staff', 'add', CLERK, '--json')
  expect(JSON.parse(added.stdout)).toEqual({
    user_id: expect.stringMatching(/^user-/),
    email: CLERK,
    role: 'staff',
    link: expect.stringMatching(/token=[\w-]{43}$/),
    link_minutes: 30,
  })
  const { items } = JSON.parse((await runCli(folder, 'staff', 'list', '--json')).stdout)
  expect(items.map(({ email, role }: { email: string; role: string }) => `${role} ${email}`).sort()).toEqual([
    `admin ${OWNER}`,
    `staff ${CLERK}`,
  ])
  expect((await runCli(folder, 'staff', 'remove', CLERK)).stdout).toBe(
    `${CLERK} is now a customer, and is signed out everywhere.\n`,
  )
  expect(await runCli(folder, 'staff', 'remove', CLERK)).toEqual({
    code: 1,
    stdout: '',
    stderr: `cloudshelf: ${CLERK} is not staff (see \`cloudshelf staff list\`)\n`,
  })
  expect(await runCli(folder, 'staff', 'remove', OWNER)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('is the only admin'),
  })
  expect((await runCli(folder, 'staff', 'list')).stdout).toMatch(
    /^admin +owner@shop\.example.*\n1 person has access to the staff pages\n$/,
  )

  const audit = JSON.parse((await runCli(folder, 'audit', 'list', '--json')).stdout)
  const roles = audit.items.map((one: { before: { role: string }; after: { role: string } }) => [
    one.before.role,
    one.after.role,
  ])
  expect(roles).toEqual([
    ['customer', 'admin'],
    ['customer', 'staff'],
    ['staff', 'customer'],
  ])
  expect(JSON.stringify(audit)).not.toContain('shop.example')
}, 60_000)

test('a missing or invalid email is explained in one line, with exit code 2', async () => {
  for (const args of [
    ['admin', 'create'],
    ['admin', 'create', '--email', 'nobody'],
    ['staff', 'add', 'a@b'],
    ['staff', 'remove'],
    ['audit', 'list', '--day', 'today'],
  ]) {
    const { code, stdout, stderr } = await runCli(temporaryFolder(), ...args)
    expect([code, stdout], args.join(' ')).toEqual([2, ''])
    expect(stderr).toMatch(/^cloudshelf: [^\n]+\n$/)
  }
})

test('the link of `admin create` sets a password in the running shop, once; staff access needs a second factor', async () => {
  const folder = temporaryFolder()
  const shop = await startShopProcess(folder)
  const { stdout } = await runCli(folder, 'admin', 'create', '--email', OWNER, '--json')
  const token = new URL(JSON.parse(stdout).link).searchParams.get('token')
  const post = (path: string, body: object) =>
    fetch(`${shop.url}/api/auth/${path}`, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body) })
  const password = 'four quiet green words'
  expect((await post('sign-in', { email: OWNER, password })).status).toBe(401)
  expect((await post('password/reset', { token, password })).status).toBe(204)
  expect((await post('password/reset', { token, password: `${password} more` })).status).toBe(404)
  const signedIn = await post('sign-in', { email: OWNER, password })
  expect(signedIn.status).toBe(200)
  const cookie = signedIn.headers
    .getSetCookie()
    .map(set => set.split(';')[0])
    .join('; ')
  const asked = await fetch(`${shop.url}/api/books/tech-001/stock`, { headers: { cookie } })
  expect(asked.status).toBe(403)
  const who = await fetch(`${shop.url}/api/auth/session`, { headers: { cookie } })
  expect(await who.json()).toMatchObject({ role: 'admin', second_factor: false })
  expect((await runCli(folder, 'staff', 'remove', OWNER, '--force')).code).toBe(0)
  const ended = await fetch(`${shop.url}/api/auth/session`, { headers: { cookie } })
  expect(await ended.json()).toEqual({ signed_in: false })
  expect(shop.output()).not.toContain(String(token))
  expect(() => statSync(join(folder, 'staff-token'))).toThrow()
  await shop.end()
}, 60_000)
