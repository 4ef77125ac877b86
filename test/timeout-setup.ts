/** Global setup: time limit of the whole suite, so that a hanging run fails. */
const BUDGET_MINUTES = 17

export default (): (() => void) => {
  const timer = setTimeout(() => {
    console.error(`The tests took longer than their budget of ${BUDGET_MINUTES} minutes.`)
    process.exit(1)
  }, BUDGET_MINUTES * 60_000)
  timer.unref()
  return () => clearTimeout(timer)
}
