/** Signatures of the shop compared with those of the AWS SDK. */
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { afterEach, expect, test, vi } from 'vitest'
import { type Credentials, createServiceSigner, type Headers } from './sign.ts'

type Sent = { readonly headers: Headers; readonly body: string; readonly hostname: string }

/** The signed request that the SDK would send. */
const sentBySdk = async (
  region: string,
  credentials: Credentials,
  command: GetItemCommand | PutItemCommand,
): Promise<Sent> => {
  let sent: Sent | undefined
  const client = new DynamoDBClient({
    region,
    credentials,
    endpoint: `https://dynamodb.${region}.amazonaws.com`,
    maxAttempts: 1,
    requestHandler: {
      handle: async (request: Sent) => {
        sent = request
        throw new Error('captured')
      },
    },
  })
  await client.send(command as GetItemCommand).catch(() => {})
  if (!sent) throw new Error('the SDK sent nothing')
  return sent
}

const key = { user_id: { S: 'user-12345' }, cart_id: { S: 'cart-2025-09-05' } }
const commands = [
  ['a read', new GetItemCommand({ TableName: 'cloudshelf-carts', Key: key })],
  [
    'a write of any letters',
    new PutItemCommand({ TableName: 'cloudshelf-carts', Item: { ...key, title: { S: 'Ünï😀 "\\\n' } } }),
  ],
] as const

test.each(commands)(
  '%s has the same signature as by the AWS SDK, with and without a session token',
  async (_, command) => {
    for (const region of ['us-east-1', 'eu-central-1'])
      for (const sessionToken of [undefined, 'FwoGZXIvYXdzEXAMPLE//token+with=signs'])
        for (const secretAccessKey of ['secret', 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY']) {
          const credentials = {
            accessKeyId: 'AKIDEXAMPLE',
            secretAccessKey,
            ...(sessionToken ? { sessionToken } : {}),
          }
          const { headers, body, hostname } = await sentBySdk(region, credentials, command)
          const names = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? []
          expect(names).toEqual(expect.arrayContaining(['host', 'x-amz-date', 'x-amz-target']))
          const same = Object.fromEntries(names.map(name => [name, headers[name] ?? '']))
          const ours = await createServiceSigner('dynamodb', region, async () => credentials)(
            hostname,
            same,
            body,
          )
          expect(ours.Authorization).toBe(headers.authorization)
        }
  },
)

test('the signature depends on body, key, Region and time', async () => {
  const signed = async (region: string, secretAccessKey: string, date: string, body: string) => {
    const sign = createServiceSigner('dynamodb', region, async () => ({
      accessKeyId: 'AKID',
      secretAccessKey,
    }))
    const headers = { 'x-amz-date': date, 'x-amz-target': 'DynamoDB_20120810.GetItem' }
    return (await sign('dynamodb.example', headers, body)).Authorization
  }
  const all = [
    await signed('us-east-1', 'a', '20250905T100000Z', '{}'),
    await signed('us-east-2', 'a', '20250905T100000Z', '{}'),
    await signed('us-east-1', 'b', '20250905T100000Z', '{}'),
    await signed('us-east-1', 'a', '20250905T100001Z', '{}'),
    await signed('us-east-1', 'a', '20250905T100000Z', '{ }'),
  ]
  expect(new Set(all).size).toBe(5)
})

afterEach(() => {
  vi.useRealTimers()
})

const keyIdOf = (headers: Headers) => /Credential=([^/]+)/.exec(headers.Authorization ?? '')?.[1]

test('credentials are requested once, and again five minutes before they expire', async () => {
  vi.useFakeTimers({ now: new Date('2025-09-05T10:00:00Z') })
  let requests = 0
  const sign = createServiceSigner('dynamodb', 'us-east-1', async () => ({
    accessKeyId: `KEY${++requests}`,
    secretAccessKey: 's',
    expiration: new Date(Date.now() + 3_600_000),
  }))
  const signed = async () => keyIdOf(await sign('h', {}, '{}'))
  expect(await Promise.all([signed(), signed(), signed()])).toEqual(['KEY1', 'KEY1', 'KEY1'])
  vi.setSystemTime(new Date('2025-09-05T10:54:59Z'))
  expect(await signed()).toBe('KEY1')
  vi.setSystemTime(new Date('2025-09-05T10:55:01Z'))
  expect(await Promise.all([signed(), signed()])).toEqual(['KEY2', 'KEY2'])
  sign.forget()
  expect(await signed()).toBe('KEY3')
})

test('after a failure, credentials are requested again', async () => {
  let requests = 0
  const sign = createServiceSigner('dynamodb', 'us-east-1', async () => {
    if (++requests === 1) throw new Error('no credentials yet')
    return { accessKeyId: 'KEY', secretAccessKey: 's' }
  })
  await expect((async () => sign('h', {}, '{}'))()).rejects.toThrow('no credentials yet')
  expect(keyIdOf(await sign('h', {}, '{}'))).toBe('KEY')
})

test('after a refusal, the clock of the service is used, from five minutes of difference on', async () => {
  vi.useFakeTimers({ now: new Date('2025-09-05T10:00:00Z') })
  const sign = createServiceSigner('dynamodb', 'us-east-1', async () => ({
    accessKeyId: 'KEY',
    secretAccessKey: 's',
  }))
  const signedAt = async () => sign('h', {}, '{}')
  const first = await signedAt()
  expect(first['X-Amz-Date']).toBe('20250905T100000Z')
  for (const date of [undefined, 'soon', 'Fri, 05 Sep 2025 10:04:59 GMT', 'Fri, 05 Sep 2025 09:55:01 GMT'])
    expect(sign.correctClock(first, date)).toBe(false)
  expect(sign.correctClock(first, 'Fri, 05 Sep 2025 12:00:00 GMT')).toBe(true)
  const second = await signedAt()
  expect(second['X-Amz-Date']).toBe('20250905T120000Z')
  // Another request that was signed with the old clock can be sent again, too; one with the new clock has another fault.
  expect(sign.correctClock(first, 'Fri, 05 Sep 2025 12:00:00 GMT')).toBe(true)
  expect(sign.correctClock(second, 'Fri, 05 Sep 2025 12:00:00 GMT')).toBe(false)
  expect(sign.correctClock(second, 'Fri, 05 Sep 2025 10:00:00 GMT')).toBe(true)
  expect((await signedAt())['X-Amz-Date']).toBe('20250905T100000Z')
})
