/** The maintenance page of a stage: whether it is shown, and its switch, which is the code of the CloudFront function. */
import { setTimeout as sleep } from 'node:timers/promises'
import { isClosedIn, withClosed } from '../edge/maintenance-page.ts'
import { getViewerRequestName } from '../edge/viewer-request.ts'
import { getStage, type StageName } from '../settings/stage.ts'
import type { Aws } from './aws.ts'
import { OperatorError } from './calls.ts'
import type { EdgeFunctionCalls } from './edge-function-calls.ts'

const TRIES = 60
const PAUSE_MS = 5_000

/** A page that no cache has and that needs no table. */
const PAGE = '/sign-in'

const readCode = async (
  edge: EdgeFunctionCalls,
  stage: StageName,
): Promise<{ name: string; code: string; isNow: boolean }> => {
  const name = getViewerRequestName(getStage(stage))
  const code = await edge.edgeFunctionCode(name)
  if (code === undefined)
    throw new OperatorError(`${stage} is not deployed, or by a release without a maintenance page`)
  const isNow = isClosedIn(code)
  if (isNow === undefined)
    throw new OperatorError(`the function ${name} has no maintenance page: deploy ${stage} first`)
  return { name, code, isNow }
}

/** Whether the shop is closed. Throws OperatorError where the stage has no maintenance page. */
export const isClosed = async (edge: EdgeFunctionCalls, stage: StageName): Promise<boolean> =>
  (await readCode(edge, stage)).isNow

/** Closes or opens the shop; false if it was so already. Throws OperatorError where the stage has no maintenance page. */
export const setClosed = async (
  edge: EdgeFunctionCalls,
  stage: StageName,
  closed: boolean,
): Promise<boolean> => {
  const { name, code, isNow } = await readCode(edge, stage)
  if (isNow === closed) return false
  await edge.publishEdgeFunction(name, withClosed(code, closed))
  return true
}

/**
 * Remembers whether the shop is closed: the deployment of a release with another code of the function opens it. The result closes
 * it again where that has happened. A stage that is not deployed yet, or has no maintenance page, is open.
 */
export const readMaintenance = async (edge: Aws, stage: StageName): Promise<() => Promise<void>> => {
  const code = await edge.edgeFunctionCode(getViewerRequestName(getStage(stage)))
  if (code === undefined || isClosedIn(code) !== true) return async () => {}
  console.log(`— ${stage} is closed for maintenance and stays closed: npm run maintenance -- off opens it`)
  return async () => {
    await setClosed(edge, stage, true)
  }
}

/** Waits until the shop answers as a closed or an open one. Throws OperatorError after five minutes. */
export const waitUntilClosed = async (
  address: string,
  closed: boolean,
  pauseMs = PAUSE_MS,
): Promise<void> => {
  for (let tries = 0; tries < TRIES; tries++) {
    const answer = await fetch(address + PAGE, { signal: AbortSignal.timeout(10_000) }).catch(() => undefined)
    // Of a shop that does not work, an error of another kind: it is open.
    const isClosedNow = answer?.status === 503 && answer.headers.has('retry-after')
    if (answer && isClosedNow === closed) return
    await sleep(pauseMs)
  }
  throw new OperatorError(
    `${address} is still ${closed ? 'open' : 'closed'} after five minutes: repeat the command`,
  )
}
