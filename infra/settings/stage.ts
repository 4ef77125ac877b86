/** The three stages, and what is different between them. */
import { DEFAULT_TABLE_NAMES, TABLE_IDS, type TableNames } from '#src/tables/definitions.ts'

export const STAGE_NAMES = ['dev', 'staging', 'prod'] as const
export type StageName = (typeof STAGE_NAMES)[number]

export type Stage = {
  readonly name: StageName
  /** Before the specification's names of tables and functions; production has those names themselves. */
  readonly prefix: string
  /** Tables and buckets outlive their stack, cannot be deleted by one call, and can be put back to any second. */
  readonly keepsData: boolean
  /** Tables can be put back to any second of the last 35 days. */
  readonly restorable: boolean
  /** Dashboard, alarms, metrics of the shop's own: all that has a standing charge. */
  readonly isMonitored: boolean
  /** New versions get a tenth of the calls first, and go again when an alarm goes off. */
  readonly hasStagedRollout: boolean
  readonly logDays: 7 | 14 | 90
}

const STAGES: Readonly<Record<StageName, Stage>> = {
  dev: {
    name: 'dev',
    prefix: 'dev-',
    keepsData: false,
    restorable: false,
    isMonitored: false,
    hasStagedRollout: false,
    logDays: 7,
  },
  /** What production is, but to be thrown away: restores and rollouts are rehearsed here. */
  staging: {
    name: 'staging',
    prefix: 'staging-',
    keepsData: false,
    restorable: true,
    isMonitored: true,
    hasStagedRollout: true,
    logDays: 14,
  },
  prod: {
    name: 'prod',
    prefix: '',
    keepsData: true,
    restorable: true,
    isMonitored: true,
    hasStagedRollout: true,
    logDays: 90,
  },
}

export const getStage = (name: StageName): Stage => STAGES[name]

/** The tables' names in this stage. */
export const getTableNames = ({ prefix }: Stage): TableNames =>
  Object.fromEntries(TABLE_IDS.map(id => [id, `${prefix}${DEFAULT_TABLE_NAMES[id]}`])) as TableNames

/** Where this stage's secrets lie in SSM. */
export const getSecretsPath = ({ name }: Stage): string => `/cloudshelf/${name}`
