/** Data stack, with the option `reports` alone: PostgreSQL beside DynamoDB, in a network of its own. It outlives releases. */
import { CfnOutput, Fn, Stack, type StackProps } from 'aws-cdk-lib'
import { Port } from 'aws-cdk-lib/aws-ec2'
import type { CfnDBCluster } from 'aws-cdk-lib/aws-rds'
import type { Construct } from 'constructs'
import type { Options } from '../settings/options.ts'
import type { Stage } from '../settings/stage.ts'
import { createBiAccess } from './bi-access.ts'
import { createDatabase } from './database.ts'
import { createFunctionPlace, createGroup, createNetwork, type FunctionPlace } from './network.ts'

export type DataProps = StackProps & { readonly stage: Stage; readonly options: Options }

/** The cluster as functions reach it. */
export type Database = { readonly clusterArn: string; readonly secretArn: string }

const POSTGRES_PORT = Port.tcp(5432)

const databaseOf = (cluster: CfnDBCluster): Database => ({
  clusterArn: cluster.attrDbClusterArn,
  secretArn: cluster.attrMasterUserSecretSecretArn,
})

export class Data extends Stack {
  readonly database: Database
  /** Where the consumer runs with the option `vpcFunctions`. */
  readonly functionPlace: FunctionPlace | undefined

  constructor(scope: Construct, id: string, props: DataProps) {
    const { stage, options, ...stack } = props
    super(scope, id, stack)
    const vpc = createNetwork(this, `${stage.prefix}cloudshelf`)
    const group = createGroup(this, 'DatabaseGroup', vpc, 'The database, which opens no connections')
    const cluster = createDatabase(this, { stage, vpc, group, hasReader: options.databaseReader })
    this.database = databaseOf(cluster)
    this.functionPlace = options.vpcFunctions ? createFunctionPlace(this, vpc, stage) : undefined
    new CfnOutput(this, 'ClusterArn', { value: this.database.clusterArn })
    new CfnOutput(this, 'SecretArn', { value: this.database.secretArn })
    if (!options.biAccess) return
    const instance = createBiAccess(this, { vpc, database: group, port: POSTGRES_PORT })
    new CfnOutput(this, 'BiInstanceId', { value: instance.instanceId })
    const host = options.databaseReader ? cluster.attrReadEndpointAddress : cluster.attrEndpointAddress
    new CfnOutput(this, 'BiHost', { value: host })
  }

  /** Zones by their order, so that a synthesis asks no account. */
  override get availabilityZones(): string[] {
    return [0, 1].map(i => Fn.select(i, Fn.getAzs()))
  }
}
