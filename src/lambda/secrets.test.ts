import { expect, onTestFinished, test } from 'vitest'
import { startFakeAws } from '../../test/fake-aws.ts'
import { readSettings } from '../composition/settings.ts'
import { readSecrets } from './secrets.ts'

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
  await expect(readSecrets(readSettings(ssm.env), ['secret'])).rejects.toThrow('SSM responded with 503')
})
