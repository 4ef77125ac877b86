/** Global setup: builds the pages once, before tests and test shops need them. */
import { pagesBuild } from '#src/pages/build.ts'

export default async (): Promise<void> => {
  await pagesBuild(line => console.log(line), new AbortController().signal)
}
