/** AWS calls of a deployment in one Region: account, SSM parameters, objects, and those of the files beside this one. */
import { createLimitCalls, type LimitCalls } from './account-limits.ts'
import { type AlarmCalls, createAlarmCalls } from './alarm-calls.ts'
import { createCalls, expectOk, OperatorError, objectPath, xmlValue } from './calls.ts'
import { createStackCalls, type StackCalls } from './cloudformation.ts'
import { type CoverCalls, createCoverCalls } from './covers.ts'
import { createDatabaseCalls, type DatabaseCalls } from './database-calls.ts'
import { createEdgeFunctionCalls, type EdgeFunctionCalls } from './edge-function-calls.ts'
import { createDataCalls, type DataCalls } from './stored-data.ts'

export { OperatorError }

export type Aws = StackCalls &
  DataCalls &
  LimitCalls &
  CoverCalls &
  AlarmCalls &
  EdgeFunctionCalls &
  DatabaseCalls & {
    readonly region: string
    /** Account id of the credentials. Throws OperatorError if there are none or they are not accepted. */
    readonly account: () => Promise<string>
    /** Decrypted values of parameters; missing ones are left out. */
    readonly parameters: (names: readonly string[]) => Promise<ReadonlyMap<string, string>>
    /** Writes a SecureString with the account's default SSM key, which is free. */
    readonly writeSecret: (name: string, value: string) => Promise<void>
    readonly removeParameters: (names: readonly string[]) => Promise<void>
    /** Outputs of a stack; empty if the stack does not exist. */
    readonly stackOutputs: (name: string) => Promise<Readonly<Record<string, string>>>
    readonly put: (
      bucket: string,
      key: string,
      body: Uint8Array,
      headers: Record<string, string>,
    ) => Promise<void>
  }

/** AWS calls in one Region; `endpoint` replaces AWS in tests, and `pollMs` the pause between two looks at what is changing. */
export const createAws = (region: string, endpoint?: string, pollMs?: number): Aws => {
  const calls = createCalls(region, endpoint)
  const stacks = createStackCalls(calls, pollMs)
  return {
    region,
    ...stacks,
    ...createDataCalls(calls, pollMs),
    ...createLimitCalls(calls),
    ...createCoverCalls(calls),
    ...createAlarmCalls(calls),
    ...createEdgeFunctionCalls(calls),
    ...createDatabaseCalls(calls),

    account: async () => {
      const { status, text } = await calls.query('sts', 'GetCallerIdentity')
      const found = xmlValue(text, 'Account')
      if (!found) throw new OperatorError(`AWS does not accept these credentials (${status})`)
      return found
    },

    parameters: async names => {
      const body = { Names: names, WithDecryption: true }
      const text = await expectOk(calls.json('ssm', 'GetParameters', body), 'SSM parameters')
      const { Parameters } = JSON.parse(text) as { Parameters: { Name: string; Value: string }[] }
      return new Map(Parameters.map(({ Name, Value }) => [Name, Value]))
    },

    writeSecret: async (name, value) => {
      const body = { Name: name, Value: value, Type: 'SecureString', Overwrite: true }
      await expectOk(calls.json('ssm', 'PutParameter', body), `SSM parameter ${name}`)
    },

    removeParameters: async names => {
      await calls.json('ssm', 'DeleteParameters', { Names: names })
    },

    stackOutputs: async name => (await stacks.stack(name))?.outputs ?? {},

    put: async (bucket, key, body, headers) => {
      const length = { 'content-length': String(body.byteLength) }
      const answer = calls.bucket(bucket, 'PUT', objectPath(key), { ...headers, ...length }, body)
      await expectOk(answer, `writing ${key} to bucket ${bucket}`)
    },
  }
}
