/** Regions: that of a deployment whose options name none, and that of the CDN. */
import { findProfileRegion } from '#src/core/aws/profile.ts'

/** Where certificates and firewalls of CloudFront must be. */
export const EDGE_REGION = 'us-east-1'

/** AWS_REGION, AWS_DEFAULT_REGION or the Region of the AWS profile; undefined where all three are missing. */
export const findRegion = async (): Promise<string | undefined> =>
  process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || (await findProfileRegion())
