/**
 * Data folders of fixtures: copied and unpacked, dumped past the shop, and worked on by the shop and its command as processes.
 * Names of files are those of release 0.1.0: a release that renames one must still find it.
 */
import { execFile } from 'node:child_process'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { lockDataFolder } from '#src/local/data-folder.ts'
import { startEngine } from '#src/local/engine.ts'
import { callDynamo } from '../engine-call.ts'
import { type Environment, PROJECT } from '../shop-process.ts'
import type { Json } from './visitor.ts'

export const FIXTURES = fileURLToPath(new URL('./fixtures', import.meta.url))
export const DATABASE = 'dynamodb.sqlite'

/** Name and key of each table. */
const TABLES = {
  'cloudshelf-books': ['category', 'book_id'],
  'cloudshelf-carts': ['user_id', 'cart_id'],
  'cloudshelf-users': ['user_id'],
  'cloudshelf-orders': ['user_id', 'order_id'],
  'cloudshelf-control': ['pk', 'sk'],
} as const
export type Dump = Readonly<Record<keyof typeof TABLES, readonly Json[]>>

/** Copies the data folder of a fixture to `target`, which is made, and unpacks its database. */
export const unpackFixture = (version: string, target: string): void => {
  cpSync(join(FIXTURES, version, 'data'), target, { recursive: true })
  const packed = join(target, `${DATABASE}.gz`)
  writeFileSync(join(target, DATABASE), gunzipSync(readFileSync(packed)))
  rmSync(packed)
}

/** Sorts the attributes of every map, which the engine returns in any order. */
const sortAttributes = (_name: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value

const scan = async (endpoint: string, table: string): Promise<Json[]> => {
  const items: Json[] = []
  for (let ExclusiveStartKey: Json; ; ) {
    const page = await callDynamo(endpoint, 'Scan', {
      TableName: table,
      ConsistentRead: true,
      ExclusiveStartKey,
    })
    items.push(...page.Items)
    if (page.LastEvaluatedKey === undefined) return items
    ExclusiveStartKey = page.LastEvaluatedKey
  }
}

/** All items as DynamoDB JSON, sorted by key. */
export const dumpTables = async (endpoint: string): Promise<Dump> => {
  const dump: Record<string, Json[]> = {}
  for (const [table, key] of Object.entries(TABLES)) {
    const keyOf = (item: Json) => JSON.stringify(key.map(name => item[name].S))
    const items = await scan(endpoint, table)
    dump[table] = items
      .map(item => JSON.parse(JSON.stringify(item, sortAttributes)))
      .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  }
  return dump as unknown as Dump
}

/** Runs `work` with the engine alone on a data folder, without a shop. */
export const withEngine = async <T>(dataDir: string, work: (endpoint: string) => Promise<T>): Promise<T> => {
  const folder = await lockDataFolder(dataDir)
  try {
    const engine = await startEngine({ folder })
    try {
      return await work(engine.endpoint)
    } finally {
      await engine.stop()
    }
  } finally {
    folder.release()
  }
}

const COMMAND = (
  JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as { bin: Record<string, string> }
).bin.cloudshelf as string

/** What `cloudshelf … --json` prints. Rejects when the command fails. */
export const runCommand = (dataDir: string, args: readonly string[], env: Environment = {}): Promise<Json> =>
  new Promise((done, failed) => {
    const { PATH = '', HOME = '' } = process.env
    execFile(
      process.execPath,
      [COMMAND, ...args, '--json'],
      { cwd: PROJECT, env: { PATH, HOME, CLOUDSHELF_DATA_DIR: dataDir, ...env } },
      (error, stdout, stderr) => {
        if (error) failed(new Error(`cloudshelf ${args.join(' ')}: ${error.message}\n${stdout}${stderr}`))
        else done(JSON.parse(stdout))
      },
    )
  })
