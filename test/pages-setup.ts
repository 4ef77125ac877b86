/** The pages are built once, before the tests that look at them and the shops that would build them all at once. */
import { pagesBuild } from '#src/pages/build.ts'

export default async (): Promise<void> => {
  await pagesBuild(line => console.log(line), new AbortController().signal)
}
