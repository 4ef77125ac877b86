/** What holds a shop's data in a Region: tables, buckets and user pools, with or without their stack. */
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeXML } from 'entities'
import { toWire } from '#src/core/dynamo/marshal.ts'
import { type Answer, type Calls, expectOk, OperatorError, objectPath, xmlValue } from './calls.ts'

export type FoundTable = {
  /** Other Regions with a replica. */
  readonly replicas: readonly string[]
  readonly stream: string | undefined
}
/** A bucket or user pool of a shop, found by its tags: `part` is the tag that says what it holds. */
export type Tagged = { readonly kind: 'bucket' | 'user pool'; readonly id: string; readonly part: string }

export type DataCalls = {
  /** Undefined if the table does not exist. */
  readonly table: (name: string) => Promise<FoundTable | undefined>
  /** Stores an item. */
  readonly putItem: (table: string, item: Readonly<Record<string, unknown>>) => Promise<void>
  /** Buckets and user pools whose tag `shop` has this value. */
  readonly tagged: (shop: string) => Promise<Tagged[]>
  /** Deletes all objects of a bucket in all versions. Nothing happens if it does not exist. */
  readonly empty: (bucket: string) => Promise<void>
  /** Empties and deletes a bucket. */
  readonly deleteBucket: (bucket: string) => Promise<void>
  /** Backs a table up under this name and waits until the backup is complete. */
  readonly backUpTable: (name: string, backup: string) => Promise<void>
  /** Ends the protection of a table, deletes its replicas in other Regions, then the table, and waits. */
  readonly deleteTable: (name: string) => Promise<void>
  /** Ends the protection of a table or of a replica. Nothing happens if it does not exist. */
  readonly unprotectTable: (name: string) => Promise<void>
  readonly deleteUserPool: (id: string) => Promise<void>
}

const POLL_MS = 3_000
const BATCH = 16

type Described = {
  readonly TableStatus: string
  readonly LatestStreamArn?: string
  readonly Replicas?: readonly { readonly RegionName: string }[]
}

/** `pollMs`: pause between two looks at a table that is changing. */
export const createDataCalls = ({ region, json, bucket }: Calls, pollMs = POLL_MS): DataCalls => {
  const dynamo = (action: string, name: string, body: object = {}): Promise<string> =>
    expectOk(json('dynamodb', action, { TableName: name, ...body }), `table ${name} in ${region}, ${action}`)

  const describe = async (name: string): Promise<Described | undefined> => {
    const answer = await json('dynamodb', 'DescribeTable', { TableName: name })
    if (answer.status === 400 && answer.text.includes('ResourceNotFoundException')) return undefined
    const text = await expectOk(Promise.resolve(answer), `table ${name} in ${region}`)
    return (JSON.parse(text) as { Table: Described }).Table
  }

  const table: DataCalls['table'] = async name => {
    const found = await describe(name)
    const replicas = found?.Replicas?.map(one => one.RegionName).filter(one => one !== region) ?? []
    return found && { replicas, stream: found.LatestStreamArn }
  }

  const putItem: DataCalls['putItem'] = async (name, item) => {
    await dynamo('PutItem', name, { Item: toWire(item) })
  }

  /** Waits until the table is in this state; undefined: until it is gone. */
  const waitFor = async (name: string, isDone: (found: Described | undefined) => boolean): Promise<void> => {
    while (!isDone(await describe(name))) await sleep(pollMs)
  }

  const unprotectTable: DataCalls['unprotectTable'] = async name => {
    if (!(await describe(name))) return
    await dynamo('UpdateTable', name, { DeletionProtectionEnabled: false })
    await waitFor(name, found => found?.TableStatus === 'ACTIVE')
  }

  const empty: DataCalls['empty'] = async name => {
    for (;;) {
      const answer = await bucket(name, 'GET', '/?versions=')
      if (answer.status === 404) return
      const text = await expectOk(Promise.resolve(answer), `bucket ${name}`)
      const found = [
        ...text.matchAll(/<(?:Version|DeleteMarker)>.*?<Key>(.*?)<\/Key><VersionId>(.*?)<\/VersionId>/gs),
      ]
      if (found.length === 0) return
      const remove = ([, key = '', version = '']: readonly string[]): Promise<Answer> =>
        bucket(name, 'DELETE', `${objectPath(decodeXML(key))}?versionId=${encodeURIComponent(version)}`)
      for (let i = 0; i < found.length; i += BATCH) {
        const refused = (await Promise.all(found.slice(i, i + BATCH).map(remove))).find(
          ({ status }) => status > 299,
        )
        if (refused)
          throw new OperatorError(
            `bucket ${name}: S3 responded with ${refused.status} ${xmlValue(refused.text, 'Message') ?? ''} when deleting an object`,
          )
      }
    }
  }

  /** What was deleted a moment ago may still be listed by its tags. */
  const isThere = async ({ kind, id }: Tagged): Promise<boolean> => {
    if (kind === 'bucket') return (await bucket(id, 'GET', '/?list-type=2&max-keys=1')).status !== 404
    const { text } = await json('cognito-idp', 'DescribeUserPool', { UserPoolId: id })
    return !text.includes('ResourceNotFoundException')
  }

  return {
    table,
    putItem,
    empty,
    unprotectTable,
    tagged: async shop => {
      const listed: Tagged[] = []
      let next: string | undefined
      do {
        const body = {
          TagFilters: [{ Key: 'shop', Values: [shop] }, { Key: 'part' }],
          ResourceTypeFilters: ['s3', 'cognito-idp:userpool'],
          ...(next ? { PaginationToken: next } : {}),
        }
        const text = await expectOk(
          json('tagging', 'GetResources', body),
          `resources of ${shop} in ${region}`,
        )
        const page = JSON.parse(text) as {
          PaginationToken?: string
          ResourceTagMappingList: { ResourceARN: string; Tags: { Key: string; Value: string }[] }[]
        }
        for (const { ResourceARN, Tags } of page.ResourceTagMappingList)
          listed.push({
            kind: ResourceARN.includes(':s3:') ? 'bucket' : 'user pool',
            id: ResourceARN.slice(Math.max(ResourceARN.lastIndexOf(':'), ResourceARN.lastIndexOf('/')) + 1),
            part: Tags.find(({ Key }) => Key === 'part')?.Value ?? '',
          })
        next = page.PaginationToken
      } while (next)
      const existing = await Promise.all(listed.map(isThere))
      return listed.filter((_, i) => existing[i])
    },
    deleteBucket: async name => {
      await empty(name)
      const { status, text } = await bucket(name, 'DELETE', '/')
      if (status > 299 && status !== 404)
        throw new OperatorError(
          `bucket ${name}: S3 responded with ${status} ${xmlValue(text, 'Message') ?? ''}`,
        )
    },
    backUpTable: async (name, backup) => {
      const text = await dynamo('CreateBackup', name, { BackupName: backup })
      const { BackupArn } = (JSON.parse(text) as { BackupDetails: { BackupArn: string } }).BackupDetails
      for (;;) {
        const now = await expectOk(json('dynamodb', 'DescribeBackup', { BackupArn }), `backup ${backup}`)
        if (now.includes('"BackupStatus":"AVAILABLE"')) return
        await sleep(pollMs)
      }
    },
    deleteTable: async name => {
      await unprotectTable(name)
      for (const RegionName of (await table(name))?.replicas ?? []) {
        await dynamo('UpdateTable', name, { ReplicaUpdates: [{ Delete: { RegionName } }] })
        await waitFor(
          name,
          found =>
            found?.TableStatus === 'ACTIVE' && !found.Replicas?.some(one => one.RegionName === RegionName),
        )
      }
      if (!(await describe(name))) return
      await dynamo('DeleteTable', name)
      await waitFor(name, found => found === undefined)
    },
    deleteUserPool: async id => {
      const pool = (action: string, body: object) =>
        expectOk(json('cognito-idp', action, { UserPoolId: id, ...body }), `user pool ${id}, ${action}`)
      await pool('UpdateUserPool', { DeletionProtection: 'INACTIVE' })
      await pool('DeleteUserPool', {})
    },
  }
}
