/** Pipeline steps of a page. Identity, authorization and rate limits are those of the API calls that it makes. */
import { type Steps, skip } from '../http/pipeline.ts'

/** `prepare` loads what renders pages, before a slot is taken. */
export const pageSteps = <Input, Result>(
  route: string,
  prepare: () => Promise<unknown>,
  parse: () => Promise<Input>,
  render: (input: Input) => Promise<Result>,
): Steps<undefined, Input, undefined, Result> => ({
  route,
  checksCsrf: true,
  prepare,
  identify: skip,
  authorize: skip,
  parse,
  limit: skip,
  handle: (_identity, input) => render(input),
})
