/** Tests of the log leak check, and of the log of a running shop. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { orderFor, temporaryFolder } from './kit.ts'
import { recordLog, registerSecret, registerSecretsIn, takeLeaks } from './log-leaks.ts'
import { startShopProcess } from './shop-process.ts'

/** Findings of a separate process: what a test leaks on purpose must not fail its own file. */
const leaksIn = (source: string): string[] => {
  const at = new URL('./log-leaks.ts', import.meta.url)
  const code = `import { registerSecret, registerSecretsIn, takeLeaks, recordLog } from '${at}'; ${source}; console.log(JSON.stringify(takeLeaks()))`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

test('secrets in logs and error reports are found, without false positives', () => {
  expect(leaksIn("registerSecret('cookie', 'a'.repeat(43)); recordLog('all is well')")).toEqual([])
  expect(leaksIn("recordLog('x ' + 'a'.repeat(43)); registerSecret('cookie', 'a'.repeat(43))")).toHaveLength(
    1,
  )
  const body = "registerSecretsIn({ deep: [{ email: 'jane@example.com' }], other: 'in the open' })"
  expect(leaksIn(`${body}; recordLog(new Error('no mail for jane@example.com'))`)).toHaveLength(1)
  expect(leaksIn(`${body}; recordLog({ cause: { to: ['jane@example.com'] } })`)).toHaveLength(1)
  expect(leaksIn(`${body}; recordLog('in the open')`)).toEqual([])
  const cookie = "registerSecret('session', 't'.repeat(43) + '.' + 's'.repeat(44))"
  expect(leaksIn(`${cookie}; recordLog('token ' + 't'.repeat(43))`)).toHaveLength(1)
})

/** A browser that keeps cookies and registers everything it sends and receives as secret. */
const browser = (url: string) => {
  const jar = new Map<string, string>()
  return async (method: string, path: string, body?: unknown, more: Record<string, string> = {}) => {
    registerSecretsIn(body)
    const cookie = [...jar].map(pair => pair.join('=')).join('; ')
    const answer = await fetch(url + path, {
      method,
      headers: {
        'sec-fetch-site': 'same-origin',
        ...(cookie ? { cookie } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...more,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    for (const set of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = set.split(';')[0]?.split(/=(.*)/s) ?? []
      jar.set(name, value)
      registerSecret(name, value)
    }
    const text = await answer.text()
    return { status: answer.status, body: text.startsWith('{') ? JSON.parse(text) : text }
  }
}

/** Token of the first mail with a link to this page. */
const tokenFor = async (dataDir: string, page: string): Promise<string> => {
  for (let i = 0; i < 400; i++) {
    const folder = join(dataDir, 'outbox')
    const mails = readdirSync(dataDir).includes('outbox') ? readdirSync(folder) : []
    for (const file of mails.filter(name => name.endsWith('.eml'))) {
      const text = readFileSync(join(folder, file), 'utf8')
        .replaceAll(/=\r?\n/g, '')
        .replaceAll('=3D', '=')
      const token = new RegExp(`/${page}\\?token=([\\w-]{43})`).exec(text)?.[1]
      if (token) return token
    }
    await new Promise(done => setTimeout(done, 25))
  }
  throw new Error(`no mail with a link to ${page} came`)
}

test('the log of a shop contains no password, token, cookie, name or address, even when things fail', async () => {
  const dataDir = temporaryFolder()
  const shop = await startShopProcess(dataDir, { CLOUDSHELF_LOG: 'calls' })
  const ask = browser(shop.url)
  const [email, password] = ['canary-jane@example.com', 'canary of four words']
  const person = { first_name: 'Canaryfirst', last_name: 'Canarylast' }
  expect((await ask('POST', '/api/auth/sign-up', { email, password, ...person })).status).toBe(202)
  const token = await tokenFor(dataDir, 'verify-email')
  expect((await ask('POST', '/api/auth/verify-email', { token, password })).status).toBe(204)
  expect((await ask('POST', '/api/auth/sign-in', { email, password })).status).toBe(200)
  const cart = await ask('POST', '/api/cart/items', { book_id: 'tech-001' })
  const address = {
    name: 'Canaryfirst Canarylast',
    street: 'Canary Street 1',
    line2: 'Canary Floor 3',
    city: 'Canaryville',
    postal_code: '12345',
    phone: '+1 555 0199',
  }
  const order = orderFor(cart.body, { email, shipping_address: address })
  expect((await ask('POST', '/api/orders', order, { 'idempotency-key': 'canary-key' })).status).toBe(201)

  const wrong = { email, password: 'canary that is wrong' }
  expect((await ask('POST', '/api/auth/sign-in', wrong)).status).toBe(401)
  await ask('POST', '/api/auth/sign-in', { ...wrong, email: `canary\r\nBcc: ${email}` })
  await ask('POST', '/api/auth/sign-in', `{"password":"${password}`)
  await ask('POST', '/api/auth/password/reset', { token: `${token}x`, password })
  await ask('GET', `/reset-password?token=${token}`)
  await ask('GET', `/api/nothing?token=${token}&email=${email}`, undefined, {
    authorization: `Bearer ${token}`,
  })

  const [engine = ''] = spawnSync('pgrep', ['-P', String(shop.pid), '-f', 'dynoxide'], {
    encoding: 'utf8',
  }).stdout.split('\n')
  process.kill(Number(engine), 'SIGKILL')
  await ask('POST', '/api/auth/sign-in', { email, password })
  await ask('GET', '/api/orders')
  await shop.end()

  recordLog(shop.output())
  const said = shop
    .output()
    .split('\n')
    .filter(line => line.startsWith('{'))
    .map(line => JSON.parse(line))
  expect(said.filter(line => line.topic === 'engine')[0]?.message).toMatch(/^down/)
  const requests = said.filter(line => line.topic === 'request')
  expect(new Set(requests.map(line => line.route))).toContain('/api/auth/sign-in')
  expect(new Set(requests.map(line => line.route))).toContain('/reset-password')
  for (const word of [email, password, token, 'Canary', 'canary-jane', 'canary of'])
    expect(shop.output()).not.toContain(word)
  expect(takeLeaks()).toEqual([])
})
