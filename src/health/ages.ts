/** How old what the shop knows is, and how long its mails wait: what its health says, and what it gauges. */
import type { LiveIndex } from '../catalog/index/live-index.ts'
import type { Log } from '../core/log/log.ts'

type Clock = { readonly now: () => Date }

export type OutboxAgeDeps = Clock & {
  readonly outbox: { readonly waitingSince: () => Promise<Date | undefined> }
}
export type IndexAgeDeps = Clock & { readonly liveIndex: Pick<LiveIndex, 'index' | 'asOf'> }

/** How long the mail that comes next has waited, in seconds; 0 when none waits. */
export const outboxAge = async ({ outbox, now }: OutboxAgeDeps): Promise<number> => {
  const since = await outbox.waitingSince()
  return since ? Math.max(0, Math.round((now().getTime() - since.getTime()) / 1000)) : 0
}

/** How long ago other processes' changes were last looked for, in seconds; undefined while there is no index. */
export const indexAge = ({ liveIndex: { index, asOf }, now }: IndexAgeDeps): number | undefined =>
  index && Math.round((now().getTime() - asOf.getTime()) / 100) / 10

/** Gauges both. */
export const recordAges = async (
  deps: OutboxAgeDeps & IndexAgeDeps & { readonly log: Pick<Log, 'gauge'> },
): Promise<void> => {
  const age = indexAge(deps)
  const OutboxAge = await outboxAge(deps)
  deps.log.gauge(age === undefined ? { OutboxAge } : { OutboxAge, IndexAge: age })
}
