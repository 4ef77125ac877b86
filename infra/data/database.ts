/** The database of the reports: Aurora PostgreSQL that pauses when nobody uses it, with the Data API. */
import { RemovalPolicy } from 'aws-cdk-lib'
import type { IVpc, SecurityGroup } from 'aws-cdk-lib/aws-ec2'
import {
  AuroraPostgresEngineVersion,
  CfnDBCluster,
  CfnDBInstance,
  CfnDBSubnetGroup,
} from 'aws-cdk-lib/aws-rds'
import type { Construct } from 'constructs'
import { DATABASE_NAME, getDatabaseIdentifier, type Stage } from '../settings/stage.ts'

/** Aurora capacity units, of about 2 GB of memory each: none while it is paused. */
const CAPACITY = { minCapacity: 0, maxCapacity: 4, secondsUntilAutoPause: 300 }
/** From this tier on, a reader pauses and wakes by itself, whatever the writer does. */
const READER_TIER = 15
const ENGINE = {
  engine: 'aurora-postgresql',
  engineVersion: AuroraPostgresEngineVersion.VER_17_7.auroraPostgresFullVersion,
}

export type DatabaseProps = {
  readonly stage: Stage
  readonly vpc: IVpc
  readonly group: SecurityGroup
  readonly hasReader: boolean
}

/**
 * Creates the cluster with its writer. RDS makes the password, keeps it in a secret and renews it every week. When production's is removed, a snapshot
 * stays: the projection can be built again, but not earlier prices and the times of order states.
 */
export const createDatabase = (
  scope: Construct,
  { stage, vpc, group, hasReader }: DatabaseProps,
): CfnDBCluster => {
  const subnets = new CfnDBSubnetGroup(scope, 'Subnets', {
    dbSubnetGroupDescription: 'Subnets without a way to the internet',
    subnetIds: vpc.isolatedSubnets.map(({ subnetId }) => subnetId),
  })
  const cluster = new CfnDBCluster(scope, 'Database', {
    ...ENGINE,
    dbClusterIdentifier: getDatabaseIdentifier(stage),
    databaseName: DATABASE_NAME,
    dbSubnetGroupName: subnets.ref,
    vpcSecurityGroupIds: [group.securityGroupId],
    serverlessV2ScalingConfiguration: CAPACITY,
    enableHttpEndpoint: true,
    enableIamDatabaseAuthentication: true,
    masterUsername: DATABASE_NAME,
    manageMasterUserPassword: true,
    // By the account's own key of RDS, which is free.
    storageEncrypted: true,
    backupRetentionPeriod: stage.keepsData ? 7 : 1,
    copyTagsToSnapshot: true,
    deletionProtection: stage.keepsData,
  })
  cluster.applyRemovalPolicy(stage.keepsData ? RemovalPolicy.SNAPSHOT : RemovalPolicy.DESTROY)
  const addInstance = (id: string, promotionTier: number): void => {
    const instance = new CfnDBInstance(scope, id, {
      engine: ENGINE.engine,
      dbClusterIdentifier: cluster.ref,
      dbInstanceClass: 'db.serverless',
      promotionTier,
      publiclyAccessible: false,
      autoMinorVersionUpgrade: true,
    })
    instance.applyRemovalPolicy(RemovalPolicy.DESTROY)
  }
  addInstance('Writer', 0)
  if (hasReader) addInstance('Reader', READER_TIER)
  return cluster
}
