/** Pipeline steps of a page. Identity, authorization and rate limits are those of the API calls that it makes. */
import { skip } from '../http/pipeline.ts'
import { pageRoute } from './paths.ts'

/** The steps before the handler; `prepare` loads what renders pages, before a slot is taken. */
export const pageSteps = (pathname: string, prepare: () => Promise<unknown>) => ({
  route: pageRoute(pathname),
  checksCsrf: true,
  prepare,
  identify: skip,
  authorize: skip,
  parse: skip,
  limit: skip,
  reauthenticate: skip,
})
