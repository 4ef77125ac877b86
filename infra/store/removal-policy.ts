/** What happens to tables, buckets and the user pool when their stack is deleted. */
import { RemovalPolicy } from 'aws-cdk-lib'
import type { Stage } from '../settings/stage.ts'

/**
 * Production keeps its data; a creation that is rolled back leaves nothing, because the fixed names of the tables would be in the way
 * of the next attempt.
 */
export const dataRemovalPolicy = ({ keepsData }: Stage): RemovalPolicy =>
  keepsData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY
