/** An HTTP application of the shop's, over any of its routes. */
import { answers } from '../http/answers.ts'
import { createApp, type Route } from '../http/app.ts'
import type { Foundation } from './ground.ts'

const ANSWER_BYTES = 32 * 1024 * 1024
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Our own pages' origins: the public one, and, for a shop on this machine, each of the machine's names for itself. */
const originsOf = (publicUrl: string): Set<string> => {
  const url = new URL(publicUrl)
  const names = LOOPBACK.has(url.hostname) ? [...LOOPBACK] : [url.hostname]
  return new Set(
    names.map(name => new URL(`${url.protocol}//${name}${url.port ? `:${url.port}` : ''}`).origin),
  )
}

/** An application of these routes, which may be all of the shop's or those of one function. */
export const openApp = (deps: Foundation, routes: readonly Route[]) => {
  const { publicUrl } = deps
  const origins = originsOf(publicUrl)
  const app = createApp(routes, {
    answers: answers(ANSWER_BYTES),
    limiter: deps.limiter,
    deviceOf: deps.devices.find,
    origins,
    https: publicUrl.startsWith('https:'),
    accounts: deps.accounts,
    report: error => deps.report(error),
  })
  return { ...app, routes, origins }
}
