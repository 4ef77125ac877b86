/** What must be ended once it is no longer needed: after the tests of a file, or, where no tests run, when `endAll` is called. */
const runner = process.env.VITEST ? await import('vitest') : undefined
const tasks: (() => unknown)[] = []

/** Has this done at the end. */
export const onCleanup = (end: () => unknown): void => {
  if (runner) runner.afterAll(async () => void (await end()))
  else tasks.push(end)
}

/** Ends all that a program has opened that runs no tests, the last first. */
export const runCleanup = async (): Promise<void> => {
  for (let end = tasks.pop(); end; end = tasks.pop()) await end()
}
