/** Network of the database: subnets without a way to or from the internet, and where functions are inside, their ways to AWS services. */
import { Stack } from 'aws-cdk-lib'
import {
  GatewayVpcEndpointAwsService,
  type IInterfaceVpcEndpointService,
  InterfaceVpcEndpointAwsService,
  type ISubnet,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2'
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { getTableNames, type Stage } from '../settings/stage.ts'

/** Aurora wants subnets in two zones. */
const ZONES = 2
const HTTPS = Port.tcp(443)

// CDK's types conflict with exactOptionalPropertyTypes wherever one of its classes is passed as its interface.
export const createNetwork = (scope: Construct, name: string): IVpc =>
  new Vpc(scope, 'Network', {
    vpcName: name,
    maxAzs: ZONES,
    natGateways: 0,
    subnetConfiguration: [{ name: 'isolated', subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 24 }],
    // Its closing would take a function of CDK's; nothing is in the default group.
    restrictDefaultSecurityGroup: false,
  }) as IVpc

/** A group without rules: nothing comes in, nothing goes out. */
export const createGroup = (scope: Construct, id: string, vpc: IVpc, description: string): SecurityGroup =>
  new SecurityGroup(scope, id, { vpc, description, allowAllOutbound: false })

/** What a function inside calls besides the tables. */
const SERVICES: readonly (readonly [string, IInterfaceVpcEndpointService])[] = [
  ['DataApi', InterfaceVpcEndpointAwsService.RDS_DATA],
  ['Secrets', InterfaceVpcEndpointAwsService.SSM],
  ['Queue', InterfaceVpcEndpointAwsService.SQS],
]

/** Where functions inside the network run. */
export type FunctionPlace = { readonly vpc: IVpc; readonly subnet: ISubnet; readonly group: SecurityGroup }

/**
 * A place for functions, with their ways out: to the tables by a gateway endpoint, which is free, and to each other service by an interface endpoint in
 * one zone, which is charged by the hour.
 */
export const createFunctionPlace = (scope: Construct, vpc: IVpc, stage: Stage): FunctionPlace => {
  const [subnet] = vpc.isolatedSubnets
  if (!subnet) throw new TypeError('the network must have a subnet')
  const group = createGroup(scope, 'FunctionGroup', vpc, 'Functions inside the network')
  const endpointGroup = createGroup(scope, 'EndpointGroup', vpc, 'Endpoints of AWS services')
  endpointGroup.addIngressRule(group, HTTPS, 'Functions')
  // The addresses of a gateway endpoint are public ones. The subnets have no other route to them.
  group.addEgressRule(Peer.anyIpv4(), HTTPS, 'Endpoints; there is no route to the internet')
  const tables = vpc.addGatewayEndpoint('Tables', { service: GatewayVpcEndpointAwsService.DYNAMODB })
  tables.addToPolicy(
    new PolicyStatement({
      principals: [new AnyPrincipal()],
      actions: ['dynamodb:*'],
      resources: Object.values(getTableNames(stage)).map(resourceName =>
        Stack.of(scope).formatArn({ service: 'dynamodb', resource: 'table', resourceName }),
      ),
    }),
  )
  for (const [id, service] of SERVICES)
    vpc.addInterfaceEndpoint(id, {
      service,
      subnets: { subnets: [subnet] },
      securityGroups: [endpointGroup],
      open: false,
    })
  return { vpc, subnet, group }
}
