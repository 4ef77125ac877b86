/**
 * A private way for BI tools: a small instance without an address of the internet, reached through an EC2 Instance Connect Endpoint, which is free. It
 * forwards one port to the database. Who may use it is a matter of IAM, for the endpoint as for the database.
 */
import {
  AmazonLinuxCpuType,
  BlockDeviceVolume,
  CfnInstanceConnectEndpoint,
  EbsDeviceVolumeType,
  HttpTokens,
  Instance,
  InstanceType,
  type IVpc,
  MachineImage,
  Port,
  type SecurityGroup,
} from 'aws-cdk-lib/aws-ec2'
import type { Construct } from 'constructs'
import { createGroup } from './network.ts'

const SSH = Port.tcp(22)
const DISK_GIGABYTES = 8

export const createBiAccess = (
  scope: Construct,
  { vpc, database, port }: { readonly vpc: IVpc; readonly database: SecurityGroup; readonly port: Port },
): Instance => {
  const [subnet] = vpc.isolatedSubnets
  if (!subnet) throw new TypeError('the network must have a subnet')
  const doorGroup = createGroup(scope, 'BiEndpointGroup', vpc, 'Endpoint through which BI tools come')
  const group = createGroup(scope, 'BiGroup', vpc, 'Forwarding of BI tools to the database')
  doorGroup.addEgressRule(group, SSH, 'The forwarding instance')
  group.addIngressRule(doorGroup, SSH, 'The endpoint')
  group.addEgressRule(database, port, 'The database')
  database.addIngressRule(group, port, 'The forwarding instance')
  new CfnInstanceConnectEndpoint(scope, 'BiEndpoint', {
    subnetId: subnet.subnetId,
    securityGroupIds: [doorGroup.securityGroupId],
  })
  return new Instance(scope, 'BiInstance', {
    vpc,
    vpcSubnets: { subnets: [subnet] },
    securityGroup: group,
    instanceType: new InstanceType('t4g.nano'),
    machineImage: MachineImage.latestAmazonLinux2023({ cpuType: AmazonLinuxCpuType.ARM_64 }),
    // Not `requireImdsv2`, which makes a launch template with the same name in every stage.
    httpTokens: HttpTokens.REQUIRED,
    blockDevices: [
      {
        deviceName: '/dev/xvda',
        volume: BlockDeviceVolume.ebs(DISK_GIGABYTES, {
          encrypted: true,
          volumeType: EbsDeviceVolumeType.GP3,
        }),
      },
    ],
  })
}
