/** Staged rollout: a new version is checked, gets a tenth of the calls for five minutes, then all, and is checked again; a failed check or an alarm rolls it back. */
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy'
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import type { FunctionId } from '#src/lambda/functions.ts'
import type { RollbackAlarms } from './alarms.ts'
import type { DeployedFunctions, FunctionProps } from './functions.ts'
import { createReleaseCheck } from './release-check.ts'

export const createRollout = (
  scope: Construct,
  name: string,
  functions: DeployedFunctions,
  alarms: RollbackAlarms,
  props: FunctionProps,
): void => {
  const application = new LambdaApplication(scope, 'Rollout', { applicationName: name })
  const role = new Role(scope, 'RolloutRole', {
    assumedBy: new ServicePrincipal('codedeploy.amazonaws.com'),
    managedPolicies: [
      ManagedPolicy.fromAwsManagedPolicyName('service-role/AWSCodeDeployRoleForLambdaLimited'),
    ],
  })
  // CDK's types conflict with exactOptionalPropertyTypes wherever one of its classes is passed as its interface.
  const check = createReleaseCheck(scope, name, functions, props) as IFunction
  for (const { definition, live } of Object.values(functions)) {
    const id = definition.id as FunctionId
    new LambdaDeploymentGroup(scope, `${id}Rollout`, {
      application,
      deploymentGroupName: id,
      role,
      alias: live,
      deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
      preHook: check,
      postHook: check,
      alarms: [...(alarms[id] ?? [])],
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
    })
    // It has to know the versions of this release before the first of them is to get calls.
    live.node.addDependency(check)
  }
}
