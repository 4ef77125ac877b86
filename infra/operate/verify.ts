/** Checks after a deployment: the tables against the specification, and the shop's health. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { OperatorError } from './calls.ts'
import { ROOT } from './cdk.ts'

const TRIES = 30
const PAUSE_MS = 10_000

export const verifyTables = (environment: Readonly<Record<string, string>>): void => {
  const { status } = spawnSync(process.execPath, [join(ROOT, 'src/cli/main.js'), 'tables', 'verify'], {
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  })
  if (status !== 0) throw new OperatorError('the tables do not match the specification; see the output above')
}

/** Waits for the health check: a new name takes time to resolve, and CloudFront to deploy everywhere. */
export const waitForHealth = async (address: string): Promise<void> => {
  let last = ''
  for (let tries = 0; tries < TRIES; tries++) {
    try {
      const answer = await fetch(`${address}/api/health`, { signal: AbortSignal.timeout(PAUSE_MS) })
      if (answer.ok) return
      last = `it responds with ${answer.status}`
    } catch (error) {
      last = String(error instanceof Error ? (error.cause ?? error.message) : error)
    }
    await sleep(PAUSE_MS)
  }
  throw new OperatorError(`${address}/api/health is not healthy: ${last}; see docs/operations.md, "5xx"`)
}
