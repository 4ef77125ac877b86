/** Staged rollout: a new version gets a tenth of the calls for five minutes, then all; an alarm in that time rolls it back. */
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy'
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import type { FunctionId } from '#src/lambda/functions.ts'
import type { RollbackAlarms } from './alarms.ts'
import type { DeployedFunctions } from './functions.ts'

export const createRollout = (
  scope: Construct,
  name: string,
  functions: DeployedFunctions,
  alarms: RollbackAlarms,
): void => {
  const application = new LambdaApplication(scope, 'Rollout', { applicationName: name })
  const role = new Role(scope, 'RolloutRole', {
    assumedBy: new ServicePrincipal('codedeploy.amazonaws.com'),
    managedPolicies: [
      ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSCodeDeployRoleForLambdaLimited'),
    ],
  })
  for (const { definition, live } of Object.values(functions)) {
    const id = definition.id as FunctionId
    new LambdaDeploymentGroup(scope, `${id}Rollout`, {
      application,
      role,
      alias: live,
      deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
      alarms: [...alarms[id]],
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
    })
  }
}
