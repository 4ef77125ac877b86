/** Age of the index and of the outbox, as the health endpoint reports them and the log records them. */
import type { LiveIndex } from '../catalog/index/live-index.ts'
import type { Log } from '../core/log/log.ts'

type Clock = { readonly now: () => Date }

export type OutboxAgeDeps = Clock & {
  readonly outbox: { readonly waitingSince: () => Promise<Date | undefined> }
}
export type IndexAgeDeps = Clock & { readonly liveIndex: Pick<LiveIndex, 'index' | 'asOf'> }

/** Seconds that the next mail has been waiting; 0 when none is waiting. */
export const outboxAge = async ({ outbox, now }: OutboxAgeDeps): Promise<number> => {
  const since = await outbox.waitingSince()
  return since ? Math.max(0, Math.round((now().getTime() - since.getTime()) / 1000)) : 0
}

/** Seconds since the changes of other processes were last read; undefined while there is no index. */
export const indexAge = ({ liveIndex: { index, asOf }, now }: IndexAgeDeps): number | undefined =>
  index && Math.round((now().getTime() - asOf.getTime()) / 100) / 10

/** Records both ages as gauges. */
export const recordAges = async (
  deps: OutboxAgeDeps & IndexAgeDeps & { readonly log: Pick<Log, 'gauge'> },
): Promise<void> => {
  const age = indexAge(deps)
  const OutboxAge = await outboxAge(deps)
  deps.log.gauge(age === undefined ? { OutboxAge } : { OutboxAge, IndexAge: age })
}
