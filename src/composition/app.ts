/** An HTTP application of the shop's, over any of its routes. */

import { createApp, type Route } from '../http/app.ts'
import { openAdmission } from '../http/load-shedding.ts'
import { originsOf } from '../http/origins.ts'
import { answers } from '../http/response-cache.ts'
import type { Foundation } from './base.ts'

const ANSWER_BYTES = 24 * 1024 * 1024
/** An application of these routes, which may be all of the shop's or those of one function. */
export const openApp = (deps: Foundation, routes: readonly Route[]) => {
  const { publicUrl } = deps
  const origins = originsOf(publicUrl)
  const admission = openAdmission()
  const app = createApp(routes, {
    admission,
    answers: answers(ANSWER_BYTES),
    limiter: deps.limiter,
    deviceOf: deps.devices.find,
    origins,
    https: publicUrl.startsWith('https:'),
    accounts: deps.accounts,
    log: deps.log,
  })
  return { ...app, routes, origins, admission }
}
