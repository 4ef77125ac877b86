/** What must be ended once it is no longer needed: after the tests of a file, or, where no tests run, when `endAll` is called. */
const runner = process.env.VITEST ? await import('vitest') : undefined
const ends: (() => unknown)[] = []

/** Has this done at the end. */
export const atTheEnd = (end: () => unknown): void => {
  if (runner) runner.afterAll(async () => void (await end()))
  else ends.push(end)
}

/** Ends all that a program has opened that runs no tests, the last first. */
export const endAll = async (): Promise<void> => {
  for (let end = ends.pop(); end; end = ends.pop()) await end()
}
