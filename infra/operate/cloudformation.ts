/** Stacks of CloudFormation: what is deployed, failed creations, and the import of resources that exist already. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { TemplateJson } from '../standing-costs.ts'
import { type Calls, CDK_QUALIFIER, expectOk, OperatorError, objectPath, xmlValue } from './calls.ts'

export type StackState = {
  /** For example `CREATE_COMPLETE`. */
  readonly status: string
  readonly reason: string | undefined
  readonly outputs: Readonly<Record<string, string>>
}

/** A resource to import: the identifier is the properties that name it, such as its `TableName`. */
export type Import = {
  readonly logicalId: string
  readonly type: string
  readonly identifier: Readonly<Record<string, string>>
}

export type StackCalls = {
  /** Undefined if the stack does not exist. */
  readonly stack: (name: string) => Promise<StackState | undefined>
  /** The template as it was deployed; undefined if the stack does not exist. */
  readonly template: (name: string) => Promise<TemplateJson | undefined>
  /** Lets the stack be deleted. Nothing happens if it does not exist. */
  readonly allowDeletion: (name: string) => Promise<void>
  /** Deletes a stack and waits; resources that cannot be deleted are retained. */
  readonly removeStack: (name: string) => Promise<void>
  /** Imports resources into a stack, which is created if it does not exist, and waits. `template` has them besides what is deployed. */
  readonly importResources: (
    name: string,
    template: TemplateJson,
    imports: readonly Import[],
  ) => Promise<void>
}

const POLL_MS = 3_000
const CHANGE_SET = 'adopt'
/** Largest template, in bytes, that a call may contain. */
const MAX_BODY = 51_200

/** Lists in the query protocol: `Name.member.1.Key`. */
const asMembers = (
  name: string,
  items: readonly Readonly<Record<string, string>>[],
): Record<string, string> =>
  Object.fromEntries(
    items.flatMap((item, i) =>
      Object.entries(item).map(([key, value]) => [`${name}.member.${i + 1}.${key}`, value]),
    ),
  )

const toMember = ({ logicalId, type, identifier }: Import): Record<string, string> => ({
  LogicalResourceId: logicalId,
  ResourceType: type,
  ...Object.fromEntries(
    Object.entries(identifier).flatMap(([key, value], i) => [
      [`ResourceIdentifier.entry.${i + 1}.key`, key],
      [`ResourceIdentifier.entry.${i + 1}.value`, value],
    ]),
  ),
})

/** `pollMs`: pause between two looks at a stack that is changing. */
export const createStackCalls = ({ query, bucket, region }: Calls, pollMs = POLL_MS): StackCalls => {
  const call = (action: string, name: string, parameters: Readonly<Record<string, string>> = {}) =>
    query('cloudformation', action, { StackName: name, ...parameters })
  const ask = (action: string, name: string, parameters?: Readonly<Record<string, string>>) =>
    expectOk(call(action, name, parameters), `stack ${name}, ${action}`)

  /** The text of an answer; undefined if there is no such stack. */
  const find = async (action: string, name: string): Promise<string | undefined> => {
    const answer = call(action, name)
    const { status, text } = await answer
    if (status === 400 && /does not exist/.test(text)) return undefined
    return expectOk(answer, `stack ${name}, ${action}`)
  }

  const stack: StackCalls['stack'] = async name => {
    const text = await find('DescribeStacks', name)
    const status = text && xmlValue(text, 'StackStatus')
    if (!text || !status || status === 'DELETE_COMPLETE') return undefined
    const outputs = text.matchAll(/<member>(?:(?!<\/member>).)*<OutputKey>.*?<\/member>/gs)
    return {
      status,
      reason: xmlValue(text, 'StackStatusReason'),
      outputs: Object.fromEntries(
        [...outputs].map(([member]) => [
          xmlValue(member, 'OutputKey'),
          xmlValue(member, 'OutputValue') ?? '',
        ]),
      ),
    }
  }

  const settle = async (name: string): Promise<StackState | undefined> => {
    for (;;) {
      const found = await stack(name)
      if (!found?.status.endsWith('_IN_PROGRESS') || found.status === 'REVIEW_IN_PROGRESS') return found
      await sleep(pollMs)
    }
  }

  const removeStack: StackCalls['removeStack'] = async name => {
    // A stack without resources has no protection to be ended, and answers so.
    await call('UpdateTerminationProtection', name, { EnableTerminationProtection: 'false' })
    await ask('DeleteStack', name)
    if ((await settle(name))?.status !== 'DELETE_FAILED') return
    await ask('DeleteStack', name, { DeletionMode: 'FORCE_DELETE_STACK' })
    const left = await settle(name)
    if (left) throw new OperatorError(`stack ${name} could not be deleted: ${left.reason ?? left.status}`)
  }

  /** The template itself, or its URL in CDK's bucket where it is too large for a call. */
  const templateParameter = async (name: string, body: string): Promise<Record<string, string>> => {
    if (Buffer.byteLength(body) <= MAX_BODY) return { TemplateBody: body }
    const account = xmlValue(await expectOk(query('sts', 'GetCallerIdentity'), 'account'), 'Account')
    const [store, key] = [
      `cdk-${CDK_QUALIFIER}-assets-${account}-${region}`,
      objectPath(`adopt/${name}.json`),
    ]
    const bytes = Buffer.from(body)
    const length = { 'content-length': String(bytes.byteLength) }
    await expectOk(bucket(store, 'PUT', key, length, bytes), `bucket ${store}`)
    return { TemplateURL: `https://${store}.s3.${region}.amazonaws.com${key}` }
  }

  const waitForChangeSet = async (name: string): Promise<void> => {
    for (;;) {
      const text = await ask('DescribeChangeSet', name, { ChangeSetName: CHANGE_SET })
      const status = xmlValue(text, 'Status')
      if (status === 'CREATE_COMPLETE') return
      if (status === 'FAILED')
        throw new OperatorError(`stack ${name} cannot adopt: ${xmlValue(text, 'StatusReason')}`)
      await sleep(pollMs)
    }
  }

  const executionStatus = async (name: string): Promise<string> => {
    const text = await ask('DescribeChangeSet', name, { ChangeSetName: CHANGE_SET })
    return xmlValue(text, 'ExecutionStatus') ?? ''
  }

  return {
    stack,
    template: async name => {
      const text = await find('GetTemplate', name)
      const body = text && xmlValue(text, 'TemplateBody')
      return body ? (JSON.parse(body) as TemplateJson) : undefined
    },
    allowDeletion: async name => {
      if (await stack(name))
        await ask('UpdateTerminationProtection', name, { EnableTerminationProtection: 'false' })
    },
    removeStack,
    importResources: async (name, template, imports) => {
      const parameters = Object.keys(template.Parameters ?? {})
      await call('DeleteChangeSet', name, { ChangeSetName: CHANGE_SET })
      await ask('CreateChangeSet', name, {
        ChangeSetName: CHANGE_SET,
        ChangeSetType: 'IMPORT',
        ...(await templateParameter(name, JSON.stringify(template))),
        ...asMembers(
          'Parameters',
          parameters.map(key => ({ ParameterKey: key, UsePreviousValue: 'true' })),
        ),
        ...asMembers('ResourcesToImport', imports.map(toMember)),
        'Capabilities.member.1': 'CAPABILITY_NAMED_IAM',
      })
      await waitForChangeSet(name)
      await ask('ExecuteChangeSet', name, { ChangeSetName: CHANGE_SET })
      // The stack changes its status a moment after the call.
      while (/^(AVAILABLE|EXECUTE_IN_PROGRESS)$/.test(await executionStatus(name))) await sleep(pollMs)
      const end = await settle(name)
      if (end?.status !== 'IMPORT_COMPLETE')
        throw new OperatorError(`stack ${name} could not adopt: ${end?.reason ?? end?.status}`)
    },
  }
}
