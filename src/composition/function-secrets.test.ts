import { expect, onTestFinished, test } from 'vitest'
import { startFakeAws } from '../../test/fake-aws.ts'
import { readSecrets } from './function-secrets.ts'
import { readSettings } from './settings.ts'

const [SECRET, PROXY] = ['the shop’s own secret, long enough now', 'the secret of the proxy, long enough']

const openSsm = async (parameters: Readonly<Record<string, string>>) => {
  const aws = await startFakeAws(parameters)
  onTestFinished(() => void aws.close())
  const env = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', SSM_ENDPOINT: aws.url }
  return { ...aws, env: { ...env, SECRETS_PATH: '/cloudshelf/prod' } }
}

test('both secrets are read with one signed request, and none is made for secrets in the environment', async () => {
  const ssm = await openSsm({ '/cloudshelf/prod/secret': SECRET, '/cloudshelf/prod/proxy': PROXY })
  const wanted = ['secret', 'proxy'] as const
  expect(await readSecrets(readSettings(ssm.env), wanted)).toEqual({ secret: SECRET, proxy: PROXY })
  expect(ssm.requests).toHaveLength(1)
  const given = readSettings({ ...ssm.env, CLOUDSHELF_SECRET: SECRET, TRUSTED_PROXY_SECRET: PROXY })
  expect(await readSecrets(given, wanted)).toEqual({ secret: SECRET, proxy: PROXY })
  expect(ssm.requests).toHaveLength(1)
})

test('without a secret a function does not start, and the error names the variable and the parameter', async () => {
  const ssm = await openSsm({ '/cloudshelf/prod/secret': SECRET, '/cloudshelf/prod/proxy': 'short' })
  const missing =
    'TRUSTED_PROXY_SECRET, or the parameter /cloudshelf/prod/proxy, must be a secret of at least 32 characters'
  await expect(readSecrets(readSettings(ssm.env), ['secret', 'proxy'])).rejects.toThrow(missing)
  const { SECRETS_PATH: _, ...nowhere } = ssm.env
  await expect(readSecrets(readSettings(nowhere), ['secret'])).rejects.toThrow('<SECRETS_PATH>/secret')
  ssm.state.fail = 9
  const brief = { maxTries: 3, pause: () => 1, withinMs: 1_000 }
  await expect(readSecrets(readSettings(ssm.env), ['secret'], brief)).rejects.toThrow(
    'SSM responded with 503',
  )
})

test('a start waits out throttling, which SSM answers with 400, and another refusal ends it at once', async () => {
  const ssm = await openSsm({ '/cloudshelf/prod/secret': SECRET })
  ssm.state.throttle = 4
  expect(await readSecrets(readSettings(ssm.env), ['secret'])).toEqual({ secret: SECRET })
  expect(ssm.requests).toHaveLength(5)
  ssm.state.refuse = 1
  await expect(readSecrets(readSettings(ssm.env), ['secret'])).rejects.toThrow('AccessDeniedException')
  expect(ssm.requests).toHaveLength(6)
})

test('forty environments that start at once get their secrets from an SSM that answers ten in a tenth of a second', async () => {
  const ssm = await openSsm({ '/cloudshelf/prod/secret': SECRET })
  ssm.state.ssmPerWindow = 10
  const settings = readSettings(ssm.env)
  const starts = Array.from({ length: 40 }, () => readSecrets(settings, ['secret']))
  expect(await Promise.all(starts)).toEqual(starts.map(() => ({ secret: SECRET })))
  expect(ssm.requests.length).toBeGreaterThan(40)
})

test('a start that is throttled for too long fails, and says what to raise', async () => {
  const ssm = await openSsm({ '/cloudshelf/prod/secret': SECRET })
  ssm.state.throttle = 1_000
  const brief = { maxTries: 1_000, pause: () => 10, withinMs: 500 }
  await expect(readSecrets(readSettings(ssm.env), ['secret'], brief)).rejects.toThrow(
    /SSM is throttling. Raise the throughput of Parameter Store: .*ThrottlingException/,
  )
  expect(ssm.requests.length).toBeGreaterThan(2)
  expect(ssm.requests.length).toBeLessThan(52)
})
