/** The Region of AWS: by the environment, by the profile, or asked for. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { temporaryFolder } from '../../test/kit.ts'
import { findProfileRegion } from '../core/aws/profile.ts'
import { completeRegion, readSettings } from './settings.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

const AWS = { DYNAMODB_ENDPOINT: 'aws' }

/** The database of these variables, on a machine with this AWS configuration file. */
const databaseOf = async (variables: Record<string, string>, config = '') => {
  const file = join(temporaryFolder(), 'config')
  writeFileSync(file, config)
  vi.stubEnv('AWS_CONFIG_FILE', file)
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', `${file}-none`)
  vi.stubEnv('AWS_PROFILE', variables.AWS_PROFILE ?? '')
  const environment: Record<string, string | undefined> = { ...variables }
  await completeRegion(findProfileRegion, environment)
  return readSettings(environment).endpoint
}

const at = (region: string) => `https://dynamodb.${region}.amazonaws.com`

test('AWS_REGION comes before AWS_DEFAULT_REGION, and both before the profile', async () => {
  const profile = '[default]\nregion = eu-west-3\n'
  const both = { ...AWS, AWS_REGION: 'eu-west-1', AWS_DEFAULT_REGION: 'eu-central-1' }
  expect(await databaseOf(both, profile)).toBe(at('eu-west-1'))
  expect(await databaseOf({ ...AWS, AWS_DEFAULT_REGION: 'eu-central-1' }, profile)).toBe(at('eu-central-1'))
  expect(await databaseOf(AWS, profile)).toBe(at('eu-west-3'))
})

test('the Region is that of AWS_PROFILE', async () => {
  const profiles = '[default]\nregion = eu-west-3\n[profile shop]\nregion=ap-south-1\n[profile bare]\n'
  expect(await databaseOf({ ...AWS, AWS_PROFILE: 'shop' }, profiles)).toBe(at('ap-south-1'))
  await expect(databaseOf({ ...AWS, AWS_PROFILE: 'bare' }, profiles)).rejects.toThrow('set AWS_REGION')
})

test('without any Region, an AWS service is not used', async () => {
  await expect(databaseOf(AWS)).rejects.toThrow(
    'invalid settings: set AWS_REGION, for example to eu-central-1, or AWS_PROFILE to a profile with a region',
  )
  expect(() => readSettings({ BLOB_BUCKET: 'shop-blobs' })).toThrow('set AWS_REGION')
  expect(() => readSettings({ SECRETS_PATH: '/cloudshelf/prod' })).toThrow('set AWS_REGION')
})

test('a database outside AWS needs no Region', async () => {
  const endpoint = 'http://127.0.0.1:8000'
  expect(await databaseOf({ DYNAMODB_ENDPOINT: endpoint }, '[default]\nregion = eu-west-3\n')).toBe(endpoint)
})
