/** The three stages and how they differ. */
import { DEFAULT_TABLE_NAMES, TABLE_IDS, type TableNames } from '#src/tables/definitions.ts'

export const STAGE_NAMES = ['dev', 'staging', 'prod'] as const
export type StageName = (typeof STAGE_NAMES)[number]

export type Stage = {
  readonly name: StageName
  /** Prefix of table and function names; production uses the specification's names. */
  readonly prefix: string
  /** Tables and buckets are retained when their stack is deleted, and protected against deletion. */
  readonly keepsData: boolean
  /** Point-in-time recovery for the last 35 days. */
  readonly restorable: boolean
  /** Dashboard, alarms and custom metrics, which have standing charges. */
  readonly isMonitored: boolean
  /** Staged rollout: new versions get a tenth of the calls first, and are rolled back by an alarm. */
  readonly hasStagedRollout: boolean
  /** Firewall before the CDN unless the option `waf` says otherwise. */
  readonly hasFirewall: boolean
  readonly logDays: 7 | 14 | 90
  /** Paths of the CDN that are purged in a month unless the option `cdnPaths` says otherwise: together those that CloudFront gives an account for free. */
  readonly cdnPaths: number
}

const STAGES: Readonly<Record<StageName, Stage>> = {
  dev: {
    name: 'dev',
    prefix: 'dev-',
    keepsData: false,
    restorable: false,
    isMonitored: false,
    hasStagedRollout: false,
    hasFirewall: false,
    logDays: 7,
    cdnPaths: 0,
  },
  /** Like production, but disposable: for rehearsing restores and rollouts. */
  staging: {
    name: 'staging',
    prefix: 'staging-',
    keepsData: false,
    restorable: true,
    isMonitored: true,
    hasStagedRollout: true,
    hasFirewall: false,
    logDays: 14,
    cdnPaths: 100,
  },
  prod: {
    name: 'prod',
    prefix: '',
    keepsData: true,
    restorable: true,
    isMonitored: true,
    hasStagedRollout: true,
    hasFirewall: true,
    logDays: 90,
    cdnPaths: 900,
  },
}

export const getStage = (name: StageName): Stage => STAGES[name]

/** Table names of a stage. */
export const getTableNames = ({ prefix }: Stage): TableNames =>
  Object.fromEntries(TABLE_IDS.map(id => [id, `${prefix}${DEFAULT_TABLE_NAMES[id]}`])) as TableNames

/** SES configuration set of a stage, which counts its bounces and complaints. */
export const getConfigurationSet = ({ prefix }: Stage): string => `${prefix}cloudshelf`

/** Alias of every function that all callers use. */
export const LIVE = 'live'

/** Name of the function that purges the CDN. */
export const getPurgerName = ({ prefix }: Stage): string => `${prefix}CdnPurger`

/** Name of the function that brings PostgreSQL up to date, and erases there. */
export const getReportsConsumerName = ({ prefix }: Stage): string => `${prefix}ReportsConsumer`

/** Name of the database of the reports, and of its owner. */
export const DATABASE_NAME = 'cloudshelf'

/** Name of the cluster with that database. */
export const getDatabaseIdentifier = ({ prefix }: Pick<Stage, 'prefix'>): string => `${prefix}cloudshelf`

/** SSM path of a stage's secrets. */
export const getSecretsPath = ({ name }: Stage): string => `/cloudshelf/${name}`
