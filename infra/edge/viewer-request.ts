/**
 * CloudFront function of all requests that may reach a function of the shop: a behavior can have one for each event, so it has two
 * parts, the maintenance page and the queries of public pages.
 */
import { Function as EdgeFunction, FunctionCode, FunctionRuntime } from 'aws-cdk-lib/aws-cloudfront'
import type { Construct } from 'constructs'
import type { Stage } from '../settings/stage.ts'
import { createMaintenanceCode } from './maintenance-page.ts'
import { PAGE_QUERIES_CODE } from './page-queries.ts'

/** CloudFront's limit for the code of a function, in bytes. */
export const MAX_CODE_BYTES = 10_240

/** Written for CloudFront's JavaScript runtime 2.0, which does not know all of the language. */
export const VIEWER_REQUEST_RUNTIME = FunctionRuntime.JS_2_0
export const VIEWER_REQUEST_COMMENT = 'Maintenance page, and queries of public pages'

export const createViewerRequestCode = (shopName: string): string => `${createMaintenanceCode(shopName)}
${PAGE_QUERIES_CODE}
function handler(event) {
  return closed(event.request) || keepKnownQuery(event.request);
}
`

/** The function's name, which is unique per account. */
export const getViewerRequestName = ({ prefix }: Pick<Stage, 'prefix'>): string =>
  `${prefix}cloudshelf-viewer-request`

export const createViewerRequest = (scope: Construct, stage: Stage, shopName: string): EdgeFunction =>
  new EdgeFunction(scope, 'ViewerRequest', {
    functionName: getViewerRequestName(stage),
    comment: VIEWER_REQUEST_COMMENT,
    runtime: VIEWER_REQUEST_RUNTIME,
    code: FunctionCode.fromInline(createViewerRequestCode(shopName)),
  })
