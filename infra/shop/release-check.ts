/** The function that checks new versions in a rollout, and what it may do: invoke the versions of the release, and tell CodeDeploy. */
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { Code, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import { RELEASE_CHECK } from '#src/lambda/functions.ts'
import { getSecretsPath } from '../settings/stage.ts'
import {
  COMMON,
  createLogGroup,
  createRole,
  type DeployedFunctions,
  type FunctionProps,
} from './functions.ts'

/** Creates the function; `application` is the name of CodeDeploy's application, whose deployment groups have the ids of functions. */
export const createReleaseCheck = (
  scope: Construct,
  application: string,
  functions: DeployedFunctions,
  props: FunctionProps,
): LambdaFunction => {
  const { stage, options, publicUrl, code } = props
  const { id } = RELEASE_CHECK
  const all = Object.values(functions)
  const logGroup = createLogGroup(scope, id, props)
  const role = createRole(scope, RELEASE_CHECK, logGroup, props)
  role.addToPolicy(
    new PolicyStatement({
      actions: ['lambda:InvokeFunction'],
      resources: all.map(({ version }) => version.functionArn),
    }),
  )
  role.addToPolicy(
    new PolicyStatement({
      // CDK adds the right to report, where it makes the function a hook.
      actions: ['codedeploy:GetDeployment'],
      resources: all.map(({ definition }) =>
        Stack.of(scope).formatArn({
          service: 'codedeploy',
          resource: 'deploymentgroup',
          resourceName: `${application}/${definition.id}`,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ),
    }),
  )
  return new LambdaFunction(scope, id, {
    ...COMMON,
    functionName: `${stage.prefix}${id}`,
    code: Code.fromAsset(code[id]),
    role,
    memorySize: 256,
    // More than its three visits, each with retries: a version that hangs must be reported too.
    timeout: Duration.minutes(10),
    environment: {
      PUBLIC_URL: publicUrl,
      SECRETS_PATH: getSecretsPath(stage),
      ...(options.secretsRead ? { SECRETS_READ: options.secretsRead } : {}),
      RELEASED_VERSIONS: all.map(one => `${one.definition.id}=${one.version.functionArn}`).join(','),
      POWERTOOLS_SERVICE_NAME: `${stage.prefix}${id}`,
      // It publishes none.
      POWERTOOLS_METRICS_DISABLED: 'true',
    },
    logGroup,
  })
}
