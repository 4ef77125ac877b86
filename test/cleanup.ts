/** Cleanup tasks: run after the tests of a file, or by `runCleanup` in programs without tests. */
const runner = process.env.VITEST ? await import('vitest') : undefined
const tasks: (() => unknown)[] = []

/** Registers a cleanup task. */
export const onCleanup = (end: () => unknown): void => {
  if (runner) runner.afterAll(async () => void (await end()))
  else tasks.push(end)
}

/** Runs all cleanup tasks of a program, the last first. */
export const runCleanup = async (): Promise<void> => {
  for (let end = tasks.pop(); end; end = tasks.pop()) await end()
}
