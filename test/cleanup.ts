/** Cleanup tasks: run after the tests of a file (`file-setup.ts`), and at the end of programs that use the test kit. */
const tasks: (() => unknown)[] = []

/** Registers a cleanup task where there is something to clean up: test files share modules. */
export const onCleanup = (end: () => unknown): void => {
  tasks.push(end)
}

/** Runs all cleanup tasks, the last first, and forgets them. */
export const runCleanup = async (): Promise<void> => {
  for (let end = tasks.pop(); end; end = tasks.pop()) await end()
}
